import type { Compute } from "../engine/compute/node/compute.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { Queue } from "./queue.ts";

/** What jobs work with. */
export interface Workshop {
  queue: Queue;
  objects: ObjectLinks;
  compute: Compute;
}
