// cspell:ignore Gesang Schlagzeug
import { beforeAll, describe, expect, it } from "vitest";
import type { Example } from "../gallery/example.ts";
import { createLocale } from "../texts/locale.ts";
import { settled, smallExample, storeOf } from "./example.fixture.ts";
import { labelOfParts, partGridOf } from "./grid-model.ts";
import { cellLabel, placeAfter } from "./grid-view.ts";

const english = createLocale("en");
let example: Example;
beforeAll(async () => {
  example = await smallExample();
});

describe("partGridOf", () => {
  it("has a row per source and a column per segment", () => {
    const store = storeOf(example);
    const { rows, columns } = partGridOf(example.explanation, store.get(), english);
    expect(columns.map(({ label }) => label)).toEqual(["0–6 s", "6–12 s", "12–18 s"]);
    expect(rows.map(({ header }) => header.label)).toEqual(["vocals", "drums", "bass"]);
    expect(rows[1]!.cells.map(({ part }) => part)).toEqual([1, 4, 7]);
  });

  it("rates each part relative to the strongest one", () => {
    const store = storeOf(example);
    const { rows } = partGridOf(example.explanation, store.get(), english);
    expect(rows[1]!.cells[1]).toMatchObject({ direction: "for", step: 5 });
    expect(rows[0]!.cells[1]!.direction).toBe("against");
    expect(rows[2]!.cells[0]).toMatchObject({ direction: "none", step: 0 });
  });

  it("has one row by time and one column by source", async () => {
    const store = storeOf(example);
    store.setView("time");
    await settled();
    const time = partGridOf(example.explanation, store.get(), english);
    expect(time.rows.map(({ cells }) => cells.length)).toEqual([3]);
    store.setView("source");
    await settled();
    const source = partGridOf(example.explanation, store.get(), english);
    expect(source.columns.map(({ label }) => label)).toEqual(["0–18 s"]);
    expect(source.rows.map(({ cells }) => cells[0]!.part)).toEqual([0, 1, 2]);
  });

  it("shows in each header which of its parts are on", () => {
    const store = storeOf(example);
    store.toggle(4);
    const { rows, columns, corner } = partGridOf(example.explanation, store.get(), english);
    expect(rows.map(({ header }) => header.state)).toEqual(["on", "partly", "on"]);
    expect(columns.map(({ state }) => state)).toEqual(["on", "partly", "on"]);
    expect(corner.state).toBe("partly");
    expect(rows[1]!.cells[1]!.state).toBe("off");
  });
});

describe("labels", () => {
  it("of cells contain value, direction and state", () => {
    const store = storeOf(example);
    store.toggle(4);
    const cell = partGridOf(example.explanation, store.get(), english).rows[1]!.cells[1]!;
    expect(cellLabel(cell, english)).toMatch(/^drums, 6–12 s: \+0\.\d{3}, helps; muted$/);
  });

  it("of sets merge adjoining segments", () => {
    const { explanation } = example;
    const label = (parts: number[]) => labelOfParts(parts, "time+source", explanation, english);
    expect(label([0, 1, 4, 7])).toBe("vocals, 0–6 s; drums, 0–18 s");
    expect(label([2, 8])).toBe("bass, 0–6 s and 12–18 s");
    expect(labelOfParts([0, 2], "time", explanation, english)).toBe("0–6 s and 12–18 s");
    const german = createLocale("de");
    expect(labelOfParts([0, 1], "source", explanation, german)).toBe("Gesang und Schlagzeug");
  });
});

describe("placeAfter", () => {
  it("moves with arrows, Home, End and Page keys, within the grid", () => {
    expect(placeAfter("ArrowRight", { row: 1, column: 3 }, 3, 3)).toEqual({ row: 1, column: 3 });
    expect(placeAfter("ArrowUp", { row: 1, column: 2 }, 3, 3)).toEqual({ row: 0, column: 2 });
    expect(placeAfter("Home", { row: 2, column: 3 }, 3, 3)).toEqual({ row: 2, column: 0 });
    expect(placeAfter("End", { row: 2, column: 0 }, 3, 3)).toEqual({ row: 2, column: 3 });
    expect(placeAfter("PageDown", { row: 0, column: 1 }, 3, 3)).toEqual({ row: 3, column: 1 });
    expect(placeAfter("x", { row: 0, column: 1 }, 3, 3)).toBeNull();
  });
});
