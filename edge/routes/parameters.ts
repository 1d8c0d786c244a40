import { z } from "zod";

/**
 * Spread into the request of a route that takes no query: one is refused then. Its type says nothing of
 * it, so that callers of the typed client need not pass an empty one.
 */
export const noQuery: Readonly<Record<never, never>> = { query: z.strictObject({}) };

/** How many items of a list to answer, and from where on. */
export const pageQuery = (defaultLimit: number, maxLimit: number) =>
  z.strictObject({
    limit: z.coerce
      .number<string>("must be a whole number")
      .int("must be a whole number")
      .min(1, "must be at least 1")
      .max(maxLimit, `must be at most ${maxLimit}`)
      .default(defaultLimit),
    cursor: z
      .string()
      .max(512)
      .regex(/^[A-Za-z0-9_-]+$/, "must be the nextCursor of an earlier page")
      .optional()
      .describe("`nextCursor` of the page before"),
  });
