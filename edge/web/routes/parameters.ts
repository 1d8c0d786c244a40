import { ExplanationId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { writeCursor } from "../../base/http/cursor.ts";
import { SIGNATURE } from "../../base/http/signature.ts";

type Untyped = Readonly<Record<never, never>>;

/**
 * Spread into the request of a route that takes no query: one is refused then. Its type says nothing of
 * it, so that callers of the typed client need not pass an empty one.
 */
export const noQuery: Untyped = { query: z.strictObject({}) };

const link = {
  expires: z
    .string()
    .regex(/^\d{1,12}$/, "must be seconds since 1970")
    .optional()
    .describe("of a signed link, which shows a private explanation (`POST …/links`)")
    .meta({ example: "1796083200" }),
  signature: z
    .string()
    .regex(SIGNATURE, "must be 43 characters of base64url")
    .optional()
    .describe("of the same link")
    .meta({ example: "0dY4cYw7n8p1r3uQ5vXz2B6kL9mEhJfTgWaRsNqKoUc" }),
};

/** Spread into the request of a route that signed links open; not typed, as {@link noQuery}. */
export const signedLink: Untyped = { query: z.strictObject(link) };

/** The same of a route about the explanation's track. */
export const signedLinkOfExplanation: Untyped = {
  query: z.strictObject({
    explanation: ExplanationId.optional().describe("that the signed link is of"),
    ...link,
  }),
};

const ifNoneMatch = z
  .string()
  .optional()
  .describe("`ETag` of what the caller has: 304 where it is current (RFC 9110, 13.1.2)")
  .meta({ example: '"an-etag-of-before"' });

/** Spread into the request of a route whose answers have an `ETag`; not typed, as {@link noQuery}. */
export const conditional: Untyped = { headers: z.object({ "if-none-match": ifNoneMatch }) };

/** Spread into the request of a route that serves bytes of the store; not typed, as {@link noQuery}. */
export const conditionalRange: Untyped = {
  headers: z.object({
    "if-none-match": ifNoneMatch,
    "if-modified-since": z
      .string()
      .optional()
      .describe("`Last-Modified` of what the caller has; without meaning beside `If-None-Match`")
      .meta({ example: "Tue, 24 Nov 2026 21:52:26 GMT" }),
    range: z
      .string()
      .optional()
      .describe("one range of bytes (RFC 9110, 14.2)")
      .meta({ example: "bytes=0-1023" }),
    "if-range": z
      .string()
      .optional()
      .describe("`ETag` of what the caller has a part of: the whole file where it is another")
      .meta({ example: '"an-etag-of-before"' }),
  }),
};

/** The path of what belongs to an explanation. */
export const explanationParams = z.object({ explanation: ExplanationId });

/**
 * How many items of a list to answer, and from where on.
 *
 * @param place where a page may end, for the example
 */
export const pageQuery = (defaultLimit: number, maxLimit: number, place: unknown) =>
  z.strictObject({
    limit: z.coerce
      .number<string>("must be a whole number")
      .int("must be a whole number")
      .min(1, "must be at least 1")
      .max(maxLimit, `must be at most ${maxLimit}`)
      .default(defaultLimit)
      .meta({ example: defaultLimit }),
    cursor: z
      .string()
      .max(512)
      .regex(/^[A-Za-z0-9_-]+$/, "must be the nextCursor of an earlier page")
      .optional()
      .describe("`nextCursor` of the page before")
      .meta({ example: writeCursor(place) }),
  });
