import { CatalogueError } from "./catalogue-error.ts";

/**
 * A value as an SQLite literal, for tools that take whole statements.
 *
 * @throws CatalogueError for numbers that are not finite, and for texts with NUL, which would end the
 *   statement for some readers
 */
export function sqlLiteral(value: string | number | null): string {
  if (value === null) return "NULL";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new CatalogueError(`${value} is not a number to store`);
    return String(value);
  }
  if (value.includes("\0")) throw new CatalogueError("a text to store contains NUL");
  return `'${value.replaceAll("'", "''")}'`;
}
