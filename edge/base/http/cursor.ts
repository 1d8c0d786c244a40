import type { z } from "zod";
import { ProblemError } from "../problems/problem.ts";

/**
 * Where a page ends, as opaque text: base64url of JSON.
 *
 * @param place plain ASCII values
 */
export function writeCursor(place: unknown): string {
  return btoa(JSON.stringify(place)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Reads a cursor back.
 *
 * @throws ProblemError bad-request naming the field where it is none of ours
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
    // Neither base64 nor JSON: the schema refuses it like any other value that is no place.
    return undefined;
  }
}
