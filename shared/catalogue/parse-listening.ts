import { z } from "zod";
import { ListenerId, TrackId } from "../contract/identifier.ts";

/** A catalogue folder that contradicts itself. */
export class CatalogueError extends Error {
  override name = "CatalogueError";
}

/** How often a listener played a track. */
export const Listen = z.object({ listener: ListenerId, track: TrackId, plays: z.int().positive() });
export type Listen = z.infer<typeof Listen>;

/**
 * Reads `listening.tsv`: listener, track and play count, tab-separated, one a line.
 *
 * @throws CatalogueError naming the line that is wrong
 */
export function parseListening(text: string): Listen[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const [listener, track, plays, ...rest] = line.split("\t");
    const listen = Listen.safeParse({ listener, track, plays: Number(plays) });
    if (!listen.success || rest.length > 0) {
      throw new CatalogueError(
        `listening.tsv line ${i + 1}: wants listener, track and play count (a whole number above 0) between tabs, got ${JSON.stringify(line.slice(0, 200))}`,
      );
    }
    return [listen.data];
  });
}
