import type { Compute } from "./compute.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { Queue } from "./queue.ts";

/** What jobs work with. */
export interface Workshop {
  queue: Queue;
  objects: ObjectLinks;
  compute: Compute;
}
