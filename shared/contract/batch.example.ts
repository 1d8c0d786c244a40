import { type Batch, type BatchFailureList, BatchId, type BatchList } from "./batch.ts";
import { explanationExample } from "./explanation.example.ts";
import { ListenerId, TrackId } from "./identifier.ts";
import type { Usage } from "./usage.ts";

export const batchExample: Batch = {
  id: BatchId.parse("asked-2026-11-24t215316-d01d3cc6"),
  origin: "request",
  request: { listeners: [ListenerId.parse("ilse")], types: ["time+source"], force: false },
  state: "running",
  planning: false,
  counts: { planned: 7, running: 2, done: 9, failed: 1, skipped: 1 },
  kinds: {
    plan: { planned: 0, running: 0, done: 1, failed: 0, skipped: 0 },
    table: { planned: 3, running: 2, done: 4, failed: 1, skipped: 0 },
    explanation: { planned: 4, running: 0, done: 5, failed: 0, skipped: 1 },
  },
  secondsLeft: 41,
  createdAt: "2026-11-24T21:53:16.000Z",
  updatedAt: "2026-11-24T21:54:02.417Z",
  finishedAt: null,
};

export const startedBatchExample: Batch = {
  ...batchExample,
  planning: true,
  counts: { planned: 0, running: 0, done: 0, failed: 0, skipped: 0 },
  kinds: { plan: { planned: 1, running: 1, done: 0, failed: 0, skipped: 0 } },
  secondsLeft: null,
  updatedAt: batchExample.createdAt,
};

const unplanned = { planned: 0, running: 0 };

export const cancelledBatchExample: Batch = {
  ...batchExample,
  state: "cancelled",
  counts: { ...batchExample.counts, ...unplanned, skipped: 10 },
  kinds: {
    plan: { planned: 0, running: 0, done: 1, failed: 0, skipped: 0 },
    table: { ...unplanned, done: 4, failed: 1, skipped: 5 },
    explanation: { ...unplanned, done: 5, failed: 0, skipped: 5 },
  },
  secondsLeft: null,
  finishedAt: batchExample.updatedAt,
};

export const batchListExample: BatchList = { batches: [batchExample], nextCursor: null };

export const batchFailureListExample: BatchFailureList = {
  failures: [
    {
      item: explanationExample.id.slice(0, 32),
      kind: "table",
      listener: ListenerId.parse(explanationExample.listener),
      track: TrackId.parse(explanationExample.track),
      type: null,
      reason: "The gpu-worker could not be reached.",
      failedAt: batchExample.updatedAt,
    },
  ],
  nextCursor: null,
};

export const usageExample: Usage = {
  days: [
    {
      day: "2026-11-24",
      explanationsStored: 812,
      explanationsComputed: 96,
      explanationsAwaited: 92,
      gpuSeconds: 441.5,
    },
  ],
  cacheHitRate: 0.812,
  gpuSeconds: 441.5,
  gpuCost: { amount: 0.1, currency: "USD" },
  queue: { planned: 7, running: 2, overdue: 0, deadLetters: 0 },
};
