import { z } from "zod";

export const DEFAULT_USAGE_DAYS = 7;
export const MAX_USAGE_DAYS = 90;

const count = z.int().nonnegative();

/** The work of one day (UTC). */
export const UsageDay = z
  .object({
    day: z.iso.date(),
    explanationsStored: count.describe("responses from stored explanations"),
    explanationsComputed: count.describe(
      "responses computed from a response table during the request",
    ),
    explanationsAwaited: count.describe("requests that started or joined a job"),
    gpuSeconds: z.number().nonnegative().describe("seconds of jobs on the gpu-worker"),
  })
  .meta({ id: "UsageDay" });
export type UsageDay = z.infer<typeof UsageDay>;

/** Usage of the service, newest day first. Counts may be slightly low. */
export const Usage = z
  .object({
    days: z.array(UsageDay),
    cacheHitRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe(
        "share of stored explanations among all responses of these days; null without responses",
      ),
    gpuSeconds: z.number().nonnegative(),
    gpuCost: z
      .object({ amount: z.number().nonnegative(), currency: z.literal("USD") })
      .describe("estimated from GPU_COST_PER_HOUR"),
    queue: z
      .object({
        planned: count,
        running: count,
        overdue: count.describe("running items without news in time"),
        deadLetters: count.describe("messages in the dead-letter queue"),
      })
      .describe("items of all batches"),
  })
  .meta({ id: "Usage" });
export type Usage = z.infer<typeof Usage>;
