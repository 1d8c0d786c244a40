import { z } from "zod";

export const DEFAULT_USAGE_DAYS = 7;
export const MAX_USAGE_DAYS = 90;

const count = z.int().nonnegative();

/** What the service did on one day (UTC). */
export const UsageDay = z
  .object({
    day: z.iso.date(),
    explanationsStored: count.describe("answers that were there already"),
    explanationsComputed: count.describe("answers read from a response table on request"),
    explanationsAwaited: count.describe("requests that a job had to be started for, or joined"),
    gpuSeconds: z.number().nonnegative().describe("seconds that jobs kept the gpu-worker busy"),
  })
  .meta({ id: "UsageDay" });
export type UsageDay = z.infer<typeof UsageDay>;

/** How the service is used, the newest day first; counts may be a few short. */
export const Usage = z
  .object({
    days: z.array(UsageDay),
    cacheHitRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe("stored answers over all of these days; null where there was none"),
    gpuSeconds: z.number().nonnegative(),
    gpuCost: z
      .object({ amount: z.number().nonnegative(), currency: z.literal("USD") })
      .describe("estimated from GPU_COST_PER_HOUR"),
    queue: z
      .object({
        planned: count,
        running: count,
        overdue: count.describe("of those running, not heard of in time"),
        deadLetters: count.describe("messages that came to nothing"),
      })
      .describe("items of all batches"),
  })
  .meta({ id: "Usage" });
export type Usage = z.infer<typeof Usage>;
