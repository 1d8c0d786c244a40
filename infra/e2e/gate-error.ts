import type { Page } from "playwright-core";
import type { LemonsPlayer } from "../../edge/player/component/lemons-player.ts";

type Player = HTMLElement & Pick<LemonsPlayer, "api" | "record" | "selection" | "shown">;

/** Deviation of a recording from the gated stems. */
export interface GateError {
  /** The largest difference of any sample. */
  error: number;
  /** The largest magnitude of any sample. */
  loudest: number;
}

/**
 * Compares what a player records of a selection, through an OfflineAudioContext and the graph that
 * plays, with its stems, gated as the selection says. The stems are fetched and decoded anew: from the
 * player's own API where the page gave it one, else from the service's route.
 *
 * Fades of 10 ms at the edges of segments are left out; everything else is compared.
 */
export function gateErrorOf(page: Page, selector: string, selection: string): Promise<GateError> {
  return page.evaluate(
    async ({ selector: place, text }) => {
      const player = document.querySelector<Player>(place)!;
      player.selection = text;
      const decode = (bytes: ArrayBuffer) =>
        new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes);
      const recorded = await decode(await (await player.record()).arrayBuffer());
      const heard = recorded.getChannelData(0);
      const { id, separation } = player.shown!;
      const { signal } = new AbortController();
      const encoded = (source: string): Promise<ArrayBuffer | null> =>
        player.api?.stem(source, signal) ??
        fetch(`/v1/explanations/${id}/stems/${source}`).then((response) =>
          response.ok ? response.arrayBuffer() : null,
        );
      const stems = await Promise.all(
        separation.sources.map(async (source) => {
          const bytes = await encoded(source);
          if (bytes === null) throw new Error(`no stem of ${source}`);
          return (await decode(bytes)).getChannelData(0);
        }),
      );
      const bits = text.split(".").map((number) => Number.parseInt(number, 16));
      const length = heard.length / bits.length;
      const fade = Math.round(0.011 * recorded.sampleRate);
      let error = 0;
      let loudest = 0;
      for (let i = 0; i < heard.length; i++) {
        const segment = Math.min(bits.length - 1, Math.floor(i / length));
        const within = i - segment * length;
        if (within < fade || within > length - fade) continue;
        let expected = 0;
        stems.forEach((stem, source) => {
          if ((bits[segment]! >> source) & 1) expected += stem[i] ?? 0;
        });
        // The recorded WAV clips at full scale.
        const clipped = Math.max(-1, Math.min(1, expected));
        error = Math.max(error, Math.abs(clipped - heard[i]!));
        loudest = Math.max(loudest, Math.abs(heard[i]!));
      }
      return { error, loudest };
    },
    { selector, text: selection },
  );
}
