import { z } from "zod";

/** The query of a route that takes none. */
export const noQuery = z.strictObject({});

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
