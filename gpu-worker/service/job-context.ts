import type {
  WorkerEndpointName,
  WorkerRequest,
  WorkerResult,
  WorkerUpdate,
} from "@lemons/shared/contract/gpu-worker-endpoints";
import type { Progress } from "@lemons/shared/contract/job";
import type { Compute } from "../engine/compute/node/compute.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { Queue } from "./queue.ts";

/** The resources that all jobs of a service share. */
export interface JobResources {
  queue: Queue;
  objects: ObjectLinks;
  compute: Compute;
}

/** The resources of one job. */
export interface JobContext extends JobResources {
  /** The account that the job counts for in the queue. */
  account: string;
  /** Aborted when the job has to stop. */
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/**
 * The work of an endpoint.
 *
 * @param emit sends a line ahead of the result
 * @returns the line that ends the response, once every object that it names is stored
 */
export type RunJob<Name extends WorkerEndpointName> = (
  context: JobContext,
  request: WorkerRequest<Name>,
  emit: (line: WorkerUpdate<Name>) => void,
) => Promise<WorkerResult<Name>>;
