import type { z } from "zod";
import { ProblemError } from "../problems/problem.ts";

/**
 * Encodes the place where a page ends as opaque text: base64url of JSON.
 *
 * @param place ASCII strings and numbers
 */
export function writeCursor(place: unknown): string {
  return btoa(JSON.stringify(place)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Decodes a cursor.
 *
 * @throws ProblemError bad-request if {@link writeCursor} didn't make it
 */
export function readCursor<Schema extends z.ZodType>(
  cursor: string,
  place: Schema,
): z.infer<Schema> {
  const parsed = place.safeParse(decode(cursor));
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    kind: "bad-request",
    errors: [{ field: "cursor", message: "must be the nextCursor of an earlier page" }],
  });
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    // Neither base64 nor JSON: the schema rejects undefined like any other wrong value.
    return undefined;
  }
}
