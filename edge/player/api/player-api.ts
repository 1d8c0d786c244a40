import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { createClient } from "../../client.ts";
import { fetchAudio } from "../sound/fetch-audio.ts";
import { MessageError } from "../texts/translate.ts";
import { expectResponse } from "./expect-response.ts";

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

function required(bytes: ArrayBuffer | null): ArrayBuffer {
  if (bytes === null) throw new MessageError("problem.status", { status: 404 });
  return bytes;
}

/** An address with a signed link's query; those of the track say of which explanation it is. */
function withLink(url: URL, explanation: ExplanationId, link: string | null): URL {
  if (link === null) return url;
  const linked = new URL(url);
  if (!url.pathname.includes(`/explanations/${explanation}`)) {
    linked.searchParams.set("explanation", explanation);
  }
  for (const [name, value] of new URLSearchParams(link)) linked.searchParams.set(name, value);
  return linked;
}

/**
 * The HTTP API of one explanation.
 *
 * @param origin of the service
 * @param link query of a signed link, where the explanation is private
 */
export function createPlayerApi(
  origin: string,
  id: ExplanationId,
  link: string | null = null,
): PlayerApi {
  const signed = (url: URL) => withLink(url, id, link);
  const { explanations, tracks } = createClient(origin, {
    fetch: (input, init) => fetch(signed(new URL(String(input))), init),
  }).v1;
  const asked = explanations[":explanation"];
  const param = { explanation: id };
  return {
    async explanation(signal) {
      const asking = asked.$get({ param }, { init: { signal } });
      const answer = await expectResponse(asking, [200, 202], signal);
      if (answer.status === 202) throw new MessageError("problem.computing");
      return answer.json();
    },
    async track(track, signal) {
      const asking = tracks[":track"].$get({ param: { track } }, { init: { signal } });
      return (await expectResponse(asking, [200], signal)).json();
    },
    async table(signal) {
      const asking = asked.table.$get({ param }, { init: { signal } });
      const answer = await expectResponse(asking, [200, 404], signal);
      if (answer.status === 404) return null;
      // Its reader checks everything, and is not small: it comes when it is needed.
      const [{ decodeFoldedTable }, bytes] = await Promise.all([
        import("@lemons/shared/what-if/table-format"),
        answer.arrayBuffer(),
      ]);
      return decodeFoldedTable(new Uint8Array(bytes));
    },
    stem: (source, signal) =>
      fetchAudio(signed(asked.stems[":source"].$url({ param: { ...param, source } })), signal),
    mix: async (track, signal) =>
      required(await fetchAudio(signed(tracks[":track"].audio.$url({ param: { track } })), signal)),
    highlight: async (highlight, signal) =>
      required(
        await fetchAudio(
          signed(asked.audio[":highlight"].$url({ param: { ...param, highlight } })),
          signal,
        ),
      ),
  };
}
