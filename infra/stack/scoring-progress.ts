import { setTimeout as sleep } from "node:timers/promises";
import { ListenerPage } from "@lemons/shared/contract/listener";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";

const POLL_MS = 700;

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/**
 * Requests each listener's recommendations, which starts the scoring of tracks without a score, and
 * waits until every track has one.
 *
 * @throws Error if a request fails
 */
export async function waitForScores(
  origin: string,
  onStep: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { listeners } = ListenerPage.parse(
    await getJson(`${origin}/v1/listeners?limit=200`, signal),
  );
  let reported = "";
  for (const { id } of listeners) {
    for (;;) {
      const { scoring } = RecommendationPage.parse(
        await getJson(`${origin}/v1/listeners/${id}/recommendations?limit=1`, signal),
      );
      if (scoring.scored + scoring.failed === scoring.total) {
        if (scoring.failed > 0) {
          const tracks = scoring.failed === 1 ? "1 track" : `${scoring.failed} tracks`;
          onStep(`${tracks} could not be scored for ${id}`);
        }
        break;
      }
      const tenth = Math.floor((10 * scoring.scored) / scoring.total);
      const line = `Scoring the catalogue: ${scoring.scored} of ${scoring.total} tracks${
        scoring.reason === null ? "" : ` (${scoring.reason})`
      }`;
      // Ten lines are enough for 72 tracks.
      const stage = `${tenth} ${scoring.reason}`;
      if (stage !== reported) onStep(line);
      reported = stage;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}
