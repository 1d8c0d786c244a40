import { appendFile, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonValue } from "@lemons/shared/identity/canonical-json";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openWorkRecord } from "./work-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-record-"));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (work: JsonValue = { seed: 1 }) =>
  openWorkRecord({ path: join(folder, "deep", "record.ndjson"), work, result: z.number() });

describe("openWorkRecord", () => {
  it("resumes the same work", async () => {
    const first = await open();
    expect(first.get("a")).toBeUndefined();
    await first.add("a", 1);
    await first.add("b", 2);
    const second = await open();
    expect([second.get("a"), second.get("b"), second.get("c")]).toEqual([1, 2, undefined]);
    await second.add("c", 3);
    expect((await open()).get("c")).toBe(3);
  });

  it("starts empty for other work, and after clear", async () => {
    await (await open()).add("a", 1);
    expect((await open({ seed: 2 })).get("a")).toBeUndefined();
    const record = await open({ seed: 2 });
    await record.add("a", 1);
    await record.clear();
    expect((await open({ seed: 2 })).get("a")).toBeUndefined();
  });

  it("drops a line that was cut off, and continues after the one before", async () => {
    const record = await open();
    await record.add("a", 1);
    await record.add("b", 2);
    const path = join(folder, "deep", "record.ndjson");
    const { length } = await readFile(path);
    await truncate(path, length - 4);
    const again = await open();
    expect([again.get("a"), again.get("b")]).toEqual([1, undefined]);
    await again.add("b", 5);
    expect((await open()).get("b")).toBe(5);
  });

  it("drops a line whose result is invalid", async () => {
    await (await open()).add("a", 1);
    await appendFile(join(folder, "deep", "record.ndjson"), '{"item":"b","result":"two"}\n');
    const record = await open();
    expect([record.get("a"), record.get("b")]).toEqual([1, undefined]);
  });

  it("keeps the record in memory without a path", async () => {
    const record = await openWorkRecord({ path: null, work: {}, result: z.number() });
    await record.add("a", 1);
    expect(record.get("a")).toBe(1);
    await record.clear();
    expect(record.get("a")).toBeUndefined();
  });
});
