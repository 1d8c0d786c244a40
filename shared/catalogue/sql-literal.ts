import { CatalogueError } from "./parse-listening.ts";

/** What SQLite can store. */
export type SqlValue = string | number | Uint8Array | null;

/**
 * A value as an SQLite literal, for tools that take whole statements.
 *
 * @throws CatalogueError for numbers that are not finite, and for texts with NUL, which would end the
 *   statement for some readers
 */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) {
    return `X'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new CatalogueError(`${value} is not a number to store`);
    return String(value);
  }
  if (value.includes("\0")) throw new CatalogueError("a text to store contains NUL");
  return `'${value.replaceAll("'", "''")}'`;
}
