import { z } from "zod";
import { ListenerId, TrackId } from "../contract/identifier.ts";

/** An invalid or inconsistent catalogue folder. */
export class CatalogueError extends Error {
  override name = "CatalogueError";
}

/** The number of times that a listener played a track. */
export const Listen = z.object({ listener: ListenerId, track: TrackId, plays: z.int().positive() });
export type Listen = z.infer<typeof Listen>;

/**
 * Parses `listening.tsv`: lines of listener, track and play count, separated by tabs.
 *
 * @throws CatalogueError with the number of the invalid line
 */
export function parseListening(text: string): Listen[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const [listener, track, plays, ...rest] = line.split("\t");
    const listen = Listen.safeParse({ listener, track, plays: Number(plays) });
    if (!listen.success || rest.length > 0) {
      throw new CatalogueError(
        `listening.tsv line ${i + 1}: expected listener, track and play count (a whole number above 0), separated by tabs; got ${JSON.stringify(line.slice(0, 200))}`,
      );
    }
    return [listen.data];
  });
}
