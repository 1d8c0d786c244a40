import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Problem } from "@lemons/shared/contract/problem";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { fetchAudio } from "./sound/fetch-audio.ts";
import { WordedError } from "./words.ts";

/** Everything a player needs to know or play. The HTTP API is one; a page may bring its own. */
export interface PlayerApi {
  explanation(signal: AbortSignal): Promise<PublishedExplanation>;
  track(id: string, signal: AbortSignal): Promise<TrackDetail>;
  /** The response table through the listener's head; null where masks were drawn. */
  table(signal: AbortSignal): Promise<FoldedTable | null>;
  /** One source of the excerpt as encoded audio; null where sources cannot be had. */
  stem(source: string, signal: AbortSignal): Promise<ArrayBuffer | null>;
  /** The whole track as encoded audio. */
  mix(track: string, signal: AbortSignal): Promise<ArrayBuffer>;
  /** A rendered highlight as encoded audio. */
  highlight(name: Highlight["name"], signal: AbortSignal): Promise<ArrayBuffer>;
}

/**
 * Fetches; answers are not parsed again here but for bytes: they keep the contract, and its schemas
 * would make the player several times as large. A refusal is an error with the problem's own words.
 */
async function get(url: URL, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new WordedError("problem.network", {}, { cause: error });
  }
  if (response.status === 200) return response;
  if (response.status === 202) throw new WordedError("problem.computing");
  const problem = (await response.json().catch(() => null)) as Problem | null;
  throw problem === null
    ? new WordedError("problem.status", { status: response.status })
    : new WordedError("problem.other", { reason: problem.detail ?? problem.title });
}

function required(bytes: ArrayBuffer | null): ArrayBuffer {
  if (bytes === null) throw new WordedError("problem.status", { status: 404 });
  return bytes;
}

/**
 * The HTTP API of one explanation.
 *
 * @param origin of the service
 */
export function createPlayerApi(origin: string, id: ExplanationId): PlayerApi {
  const at = (path: string) => new URL(path, origin);
  return {
    explanation: async (signal) =>
      (await get(at(`/v1/explanations/${id}`), signal)).json() as Promise<PublishedExplanation>,
    track: async (track, signal) =>
      (await get(at(`/v1/tracks/${track}`), signal)).json() as Promise<TrackDetail>,
    async table(signal) {
      const response = await fetch(at(`/v1/explanations/${id}/table`), { signal });
      if (response.status === 404) return null;
      if (!response.ok) throw new WordedError("problem.status", { status: response.status });
      // Its reader checks everything, and is not small: it comes when it is needed.
      const [{ decodeFoldedTable }, bytes] = await Promise.all([
        import("@lemons/shared/what-if/table-format"),
        response.arrayBuffer(),
      ]);
      return decodeFoldedTable(new Uint8Array(bytes));
    },
    stem: (source, signal) =>
      fetchAudio(at(`/v1/explanations/${id}/stems/${encodeURIComponent(source)}`), signal),
    mix: async (track, signal) =>
      required(await fetchAudio(at(`/v1/tracks/${track}/audio`), signal)),
    highlight: async (name, signal) =>
      required(await fetchAudio(at(`/v1/explanations/${id}/audio/${name}`), signal)),
  };
}
