import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CatalogueError } from "./parse-listening.ts";
import { sqlLiteral } from "./sql-literal.ts";

describe("sqlLiteral", () => {
  it("reads back as the same value", () => {
    const db = new DatabaseSync(":memory:");
    const read = (literal: string) => db.prepare(`SELECT ${literal} AS value`).get()?.value;
    const text = fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0"));
    fc.assert(
      fc.property(fc.oneof(text, fc.integer(), fc.constant(null)), (value) => {
        expect(read(sqlLiteral(value))).toBe(value);
      }),
    );
    expect(read(sqlLiteral("'); DROP TABLE api_keys;--"))).toBe("'); DROP TABLE api_keys;--");
  });

  it("writes bytes as a blob", () => {
    const db = new DatabaseSync(":memory:");
    const bytes = Uint8Array.of(0, 1, 127, 128, 255);
    const row = db.prepare(`SELECT ${sqlLiteral(bytes)} AS value`).get();
    expect(row?.value).toEqual(bytes);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, "a\0b"])("rejects %j", (value) => {
    expect(() => sqlLiteral(value)).toThrow(CatalogueError);
  });
});
