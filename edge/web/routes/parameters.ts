import { ExplanationId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { writeCursor } from "../../base/http/cursor.ts";
import { SIGNATURE } from "../../base/http/signature.ts";

type Untyped = Readonly<Record<never, never>>;

/**
 * Spread into the request of a route without a query, which then rejects any. Untyped, so that callers
 * of the typed client needn't pass an empty query.
 */
export const noQuery: Untyped = { query: z.strictObject({}) };

const link = {
  expires: z
    .string()
    .regex(/^\d{1,12}$/, "must be seconds since 1970")
    .optional()
    .describe("of a signed link to a private explanation (`POST …/links`)")
    .meta({ example: "1796083200" }),
  signature: z
    .string()
    .regex(SIGNATURE, "must be 43 characters of base64url")
    .optional()
    .describe("of the same signed link")
    .meta({ example: "0dY4cYw7n8p1r3uQ5vXz2B6kL9mEhJfTgWaRsNqKoUc" }),
};

/** Spread into the request of a route that signed links open. Untyped, like {@link noQuery}. */
export const signedLink: Untyped = { query: z.strictObject(link) };

/** Like {@link signedLink}, for routes of the explanation's track. */
export const signedLinkOfExplanation: Untyped = {
  query: z.strictObject({
    explanation: ExplanationId.optional().describe(
      "id of the explanation that the signed link belongs to",
    ),
    ...link,
  }),
};

const ifNoneMatch = z
  .string()
  .optional()
  .describe("`ETag` of the caller's copy: 304 if it is current (RFC 9110, 13.1.2)")
  .meta({ example: '"an-etag-of-before"' });

/** Spread into the request of a route whose responses have an `ETag`. Untyped, like {@link noQuery}. */
export const conditional: Untyped = { headers: z.object({ "if-none-match": ifNoneMatch }) };

/** Spread into the request of a route that serves stored bytes. Untyped, like {@link noQuery}. */
export const conditionalRange: Untyped = {
  headers: z.object({
    "if-none-match": ifNoneMatch,
    "if-modified-since": z
      .string()
      .optional()
      .describe("`Last-Modified` of the caller's copy; ignored beside `If-None-Match`")
      .meta({ example: "Tue, 24 Nov 2026 21:52:26 GMT" }),
    range: z
      .string()
      .optional()
      .describe("one range of bytes (RFC 9110, 14.2); several ranges are ignored")
      .meta({ example: "bytes=0-1023" }),
    "if-range": z
      .string()
      .optional()
      .describe("`ETag` of the caller's partial copy: sends the whole file if it changed")
      .meta({ example: '"an-etag-of-before"' }),
  }),
};

/** Path parameters of an explanation's routes. */
export const explanationParams = z.object({ explanation: ExplanationId });

/**
 * Query parameters of a paged list.
 *
 * @param place example of the position that a cursor encodes
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
      .describe("`nextCursor` of the previous page")
      .meta({ example: writeCursor(place) }),
  });
