import { NotEnumerable } from "@lemons/shared/enumeration/audible-components";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { randomTable } from "@lemons/shared/enumeration/random-table.fixture";
import { afterAll, describe, expect, it } from "vitest";
import { enumerationModule, startEnumerator } from "./enumerator.ts";

const shape = { segments: 5, sources: 5, span: 2, channels: 3, positive: 2, silent: [4, 11, 18] };
const alone = startEnumerator(1);
const together = startEnumerator(3);

afterAll(async () => {
  await alone.close();
  await together.close();
});

describe("startEnumerator", () => {
  it("gives the same bits on one thread and on several", async () => {
    const table = randomTable({ ...shape, seed: 4 });
    const expected = enumerate(enumerationModule(), table);
    expect(await alone.enumerate(table)).toEqual(expected);
    for (let run = 0; run < 3; run++) {
      const heard: number[] = [];
      const onPart = (done: number, parts: number) => heard.push(done / parts);
      expect(await together.enumerate(table, onPart)).toEqual(expected);
      expect(heard.at(-1)).toBe(1);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
    }
  });

  it("keeps concurrent orders apart", async () => {
    const tables = [5, 6, 7].map((seed) => randomTable({ ...shape, seed }));
    const results = await Promise.all(tables.map((table) => together.enumerate(table)));
    const module = enumerationModule();
    expect(results).toEqual(tables.map((table) => enumerate(module, table)));
  });

  it("enumerates few masks without helpers", async () => {
    const table = randomTable({ ...shape, sources: 2, silent: [], seed: 1 });
    expect(await together.enumerate(table)).toEqual(enumerate(enumerationModule(), table));
  });

  it("rejects a table with too many components", async () => {
    const many = randomTable({ ...shape, segments: 6, span: 1, silent: [], seed: 1 });
    await expect(together.enumerate(many)).rejects.toThrow(NotEnumerable);
  });

  it.each(["first", "last"])(
    "works again after onPart has thrown at the %s part",
    async (which) => {
      const table = randomTable({ ...shape, seed: 4 });
      const onPart = (done: number, parts: number) => {
        if (done === (which === "first" ? 1 : parts)) throw new Error("enough");
      };
      await expect(together.enumerate(table, onPart)).rejects.toThrow("enough");
      expect(await together.enumerate(table)).toEqual(enumerate(enumerationModule(), table));
    },
  );

  it("enumerates without helpers after close", async () => {
    const enumerator = startEnumerator(2);
    await enumerator.close();
    const table = randomTable({ ...shape, seed: 8 });
    expect(await enumerator.enumerate(table)).toEqual(enumerate(enumerationModule(), table));
  });
});
