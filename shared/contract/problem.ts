import { z } from "zod";

/** An invalid field of a request. */
export const FieldError = z.object({ field: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** An error response: RFC 9457 problem details, sent as `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe("stable identifier of the kind of problem, a URI reference"),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe("what is wrong and what to do"),
    instance: z.string().optional().describe("the request id"),
    errors: z.array(FieldError).optional().describe("the invalid fields"),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
