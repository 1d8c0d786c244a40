import { CatalogueError } from "./parse-listening.ts";

/** A value that SQLite can store. */
export type SqlValue = string | number | Uint8Array | null;

/**
 * Writes a value as an SQLite literal, for tools without bound parameters.
 *
 * @throws CatalogueError for numbers that are not finite, and for texts with NUL, at which some tools
 *   end the statement
 */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) {
    return `X'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new CatalogueError(`cannot store the number ${value}`);
    return String(value);
  }
  if (value.includes("\0")) throw new CatalogueError("cannot store a text that contains NUL");
  return `'${value.replaceAll("'", "''")}'`;
}
