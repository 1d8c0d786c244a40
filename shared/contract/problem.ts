import { z } from "zod";

/** An error answer: RFC 9457 problem details, sent as `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe("a stable name of the kind of problem, as a URI reference"),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe("what happened here, why, and what to do"),
    instance: z.string().optional().describe("the request id"),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe("each field that is wrong"),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
