import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { createClient } from "../../client.ts";
import { fetchAudio } from "../sound/encoded-audio.ts";
import { MessageError } from "../texts/translate.ts";
import { expectResponse } from "./expect-response.ts";

/** The data of a player. {@link createPlayerApi} loads it by HTTP; pages may provide their own. */
export interface PlayerApi {
  explanation(signal: AbortSignal): Promise<PublishedExplanation>;
  track(id: string, signal: AbortSignal): Promise<TrackDetail>;
  /** Loads the response table of the listener; null if the explanation was sampled. */
  table(signal: AbortSignal): Promise<FoldedTable | null>;
  /** Loads a source of the excerpt as encoded audio; null if there are no separate sources. */
  stem(source: string, signal: AbortSignal): Promise<ArrayBuffer | null>;
  /** Loads the whole track as encoded audio. */
  mix(track: string, signal: AbortSignal): Promise<ArrayBuffer>;
  /** Loads a rendered highlight as encoded audio. */
  highlight(name: Highlight["name"], signal: AbortSignal): Promise<ArrayBuffer>;
}

function required(bytes: ArrayBuffer | null): ArrayBuffer {
  if (bytes === null) throw new MessageError("problem.status", { status: 404 });
  return bytes;
}

/** Adds the query of a signed link to a URL. URLs of the track also name the explanation. */
function withLink(url: URL, explanation: string, link: string | null): URL {
  if (link === null) return url;
  const linked = new URL(url);
  if (!url.pathname.includes(`/explanations/${explanation}`)) {
    linked.searchParams.set("explanation", explanation);
  }
  for (const [name, value] of new URLSearchParams(link)) linked.searchParams.set(name, value);
  return linked;
}

/**
 * Creates the HTTP API of one explanation.
 *
 * @param origin origin of the service
 * @param link query string of a signed link, for private explanations
 */
export function createPlayerApi(origin: string, id: string, link: string | null = null): PlayerApi {
  const signed = (url: URL) => withLink(url, id, link);
  const { explanations, tracks } = createClient(origin, {
    fetch: (input, init) => fetch(signed(new URL(String(input))), init),
  }).v1;
  const explanationRoute = explanations[":explanation"];
  const param = { explanation: id };
  return {
    async explanation(signal) {
      const request = explanationRoute.$get({ param }, { init: { signal } });
      const response = await expectResponse(request, [200, 202], signal);
      if (response.status === 202) throw new MessageError("problem.computing");
      return response.json();
    },
    async track(track, signal) {
      const request = tracks[":track"].$get({ param: { track } }, { init: { signal } });
      return (await expectResponse(request, [200], signal)).json();
    },
    async table(signal) {
      const request = explanationRoute.table.$get({ param }, { init: { signal } });
      const response = await expectResponse(request, [200, 404], signal);
      if (response.status === 404) return null;
      // The decoder validates everything and is large, so it loads on demand.
      const [{ decodeFoldedTable }, bytes] = await Promise.all([
        import("@lemons/shared/what-if/table-format"),
        response.arrayBuffer(),
      ]);
      return decodeFoldedTable(new Uint8Array(bytes));
    },
    stem: (source, signal) =>
      fetchAudio(
        signed(explanationRoute.stems[":source"].$url({ param: { ...param, source } })),
        signal,
      ),
    mix: async (track, signal) =>
      required(await fetchAudio(signed(tracks[":track"].audio.$url({ param: { track } })), signal)),
    highlight: async (highlight, signal) =>
      required(
        await fetchAudio(
          signed(explanationRoute.audio[":highlight"].$url({ param: { ...param, highlight } })),
          signal,
        ),
      ),
  };
}
