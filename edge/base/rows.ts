import { z } from "zod";

/**
 * Typed access to D1. Queries stay SQL; every row that comes back is parsed by a schema, so a column
 * that a migration renames fails at once and with its name. `?1`, `?2`, … stand for the parameters.
 */

/** A value of a statement's parameter. */
export type SqlParameter = string | number | null | ArrayBuffer;

/** Prepares one statement, for `db.batch()` or for {@link run}. */
export function statement(
  db: D1Database,
  sql: string,
  ...parameters: readonly SqlParameter[]
): D1PreparedStatement {
  const prepared = db.prepare(sql);
  return parameters.length === 0 ? prepared : prepared.bind(...parameters);
}

/**
 * Runs a query and parses its rows.
 *
 * @throws ZodError if a row doesn't match the schema
 */
export async function rows<Row extends z.ZodType>(
  db: D1Database,
  row: Row,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<z.infer<Row>[]> {
  return rowsOf(row, await statement(db, sql, ...parameters).all());
}

/** Parses the rows of one result of `db.batch()`. */
export function rowsOf<Row extends z.ZodType>(
  row: Row,
  result: D1Result | undefined,
): z.infer<Row>[] {
  return z.array(row).parse(result?.results);
}

/** Runs a query and parses its first row. @returns null if there is none */
export async function firstRow<Row extends z.ZodType>(
  db: D1Database,
  row: Row,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<z.infer<Row> | null> {
  const found = await statement(db, sql, ...parameters).first();
  return found === null ? null : row.parse(found);
}

/** Runs a query of one column and parses its values. */
export async function column<Value extends z.ZodType>(
  db: D1Database,
  value: Value,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<z.infer<Value>[]> {
  const { results } = await statement(db, sql, ...parameters).all();
  return z.array(value).parse(results.map((row) => Object.values(row)[0]));
}

/** Runs a query of one column and parses the value in its first row. @returns null without a row */
export async function firstValue<Value extends z.ZodType>(
  db: D1Database,
  value: Value,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<z.infer<Value> | null> {
  const found = await statement(db, sql, ...parameters).first();
  return found === null ? null : value.parse(Object.values(found)[0]);
}

/** Returns true if a query finds at least one row. */
export async function exists(
  db: D1Database,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<boolean> {
  return (await statement(db, sql, ...parameters).first()) !== null;
}

/** Runs a statement that writes. @returns the number of rows that it inserted, changed or deleted */
export async function run(
  db: D1Database,
  sql: string,
  ...parameters: readonly SqlParameter[]
): Promise<number> {
  return (await statement(db, sql, ...parameters).run()).meta.changes;
}

/** A column of JSON text. */
export const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

/** A BLOB column, selected as `hex(column)`: D1 returns BLOBs as arrays of numbers otherwise. */
export const hexBytes = z
  .string()
  .regex(/^(?:[0-9A-F]{2})*$/)
  .transform((hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number(`0x${pair}`)));

/** A BLOB column of little-endian float32, selected as `hex(column)`. */
export const hexFloats = hexBytes.transform((bytes) => {
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
});

/** Encodes numbers for a BLOB column: little-endian float32. */
export function floatBytes(numbers: Float32Array): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, i) => {
    bytes.setFloat32(4 * i, number, true);
  });
  return bytes.buffer;
}
