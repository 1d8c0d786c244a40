import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  column,
  exists,
  firstRow,
  firstValue,
  floatBytes,
  hexFloats,
  json,
  rows,
  rowsOf,
  run,
  statement,
} from "./rows.ts";

const Fruit = z.object({ name: z.string(), tags: json(z.array(z.string())) });

describe("rows of D1", () => {
  beforeAll(async () => {
    await env.DB.exec("DROP TABLE IF EXISTS fruits");
    await env.DB.exec("CREATE TABLE fruits (name TEXT PRIMARY KEY, tags TEXT, weights BLOB)");
    await run(
      env.DB,
      "INSERT INTO fruits (name, tags, weights) VALUES (?, ?, ?), ('lime', '[]', NULL)",
      "lemon",
      '["sour"]',
      floatBytes(Float32Array.of(1.5, -0.25)),
    );
    return () => env.DB.exec("DROP TABLE fruits");
  });

  it("parses every row, with JSON columns as values", async () => {
    expect(await rows(env.DB, Fruit, "SELECT name, tags FROM fruits ORDER BY name")).toEqual([
      { name: "lemon", tags: ["sour"] },
      { name: "lime", tags: [] },
    ]);
    const [result] = await env.DB.batch([
      statement(env.DB, "SELECT name, tags FROM fruits WHERE name = ?", "lime"),
    ]);
    expect(rowsOf(Fruit, result)).toEqual([{ name: "lime", tags: [] }]);
  });

  it("names the column that doesn't match", async () => {
    const query = rows(env.DB, Fruit, "SELECT name AS title, tags FROM fruits");
    await expect(query).rejects.toThrow(/"name"/);
  });

  it("returns null if a query finds nothing", async () => {
    const sql = "SELECT name, tags FROM fruits WHERE name = ?";
    expect(await firstRow(env.DB, Fruit, sql, "plum")).toBeNull();
    expect(await firstValue(env.DB, z.string(), sql, "plum")).toBeNull();
    expect(await exists(env.DB, sql, "plum")).toBe(false);
    expect(await exists(env.DB, sql, "lime")).toBe(true);
  });

  it("reads one column, and its first value", async () => {
    const sql = "SELECT name FROM fruits ORDER BY name DESC";
    expect(await column(env.DB, z.string(), sql)).toEqual(["lime", "lemon"]);
    expect(await firstValue(env.DB, z.string(), sql)).toBe("lime");
  });

  it("returns what it stored in a BLOB, to the bit", async () => {
    const sql = "SELECT hex(weights) FROM fruits WHERE name = 'lemon'";
    expect(await firstValue(env.DB, hexFloats, sql)).toEqual(Float32Array.of(1.5, -0.25));
  });

  it("counts the rows that a statement changes", async () => {
    expect(await run(env.DB, "UPDATE fruits SET tags = tags")).toBe(2);
    expect(await run(env.DB, "UPDATE fruits SET tags = tags WHERE name = 'plum'")).toBe(0);
  });
});
