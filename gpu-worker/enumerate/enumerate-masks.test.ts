import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { NotEnumerable } from "@lemons/shared/enumeration/not-enumerable";
import { randomTable } from "@lemons/shared/enumeration/random-table.fixture";
import { describe, expect, it } from "vitest";
import { enumerateMasks } from "./enumerate-masks.ts";
import { enumerationModule } from "./enumeration-module.ts";

const shape = { segments: 5, sources: 5, span: 2, channels: 3, positive: 2, silent: [4, 18] };

describe("enumerateMasks", () => {
  it("gives the same bits on one thread, on several, and on none but this", async () => {
    const table = randomTable({ ...shape, seed: 4 });
    const heard: number[] = [];
    const alone = await enumerateMasks(table, { threads: 1 });
    const together = await enumerateMasks(table, {
      threads: 3,
      onPart: (done, parts) => heard.push(done / parts),
    });
    expect(together).toEqual(alone);
    expect(enumerate(enumerationModule(), table)).toEqual(alone);
    expect(heard.at(-1)).toBe(1);
    expect(heard.length).toBeGreaterThan(1);
  });

  it("does without threads for few masks", async () => {
    const table = randomTable({ ...shape, sources: 2, silent: [], seed: 1 });
    expect(await enumerateMasks(table)).toEqual(enumerate(enumerationModule(), table));
  });

  it("refuses what cannot be enumerated", async () => {
    const many = randomTable({ ...shape, segments: 6, span: 1, silent: [], seed: 1 });
    await expect(enumerateMasks(many)).rejects.toThrow(NotEnumerable);
  });

  it.each([1, 32])("stops its threads where who listens throws at part %i", async (last) => {
    const table = randomTable({ ...shape, seed: 4 });
    const onPart = (done: number) => {
      if (done >= last) throw new Error("enough");
    };
    await expect(enumerateMasks(table, { threads: 2, onPart })).rejects.toThrow("enough");
  });
});
