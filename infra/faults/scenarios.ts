import { crowd } from "./crowd.ts";
import { deadlyTrack } from "./deadly-track.ts";
import { dyingWorker } from "./dying-worker.ts";
import { fullQueue } from "./full-queue.ts";
import type { Scenario } from "./scenario.ts";
import { slowUploads } from "./slow-uploads.ts";

/** Everything that `npm run faults` puts the stack through. */
export const SCENARIOS: readonly Scenario[] = [
  fullQueue,
  dyingWorker,
  slowUploads,
  crowd,
  deadlyTrack,
];
