// cspell:ignore Empfohlen allem hilft Schlagzeug Gesang schadet Kein einzelner Teil ändert etwas obwohl kein
import { describe, expect, it } from "vitest";
import { createLocale } from "../texts/locale.ts";
import { settled, smallExample, storeOf } from "./example.fixture.ts";
import { explanationText, summaryText } from "./explanation-text.ts";

const english = createLocale("en");
const german = createLocale("de");

describe("summaryText", () => {
  it("is the published summary for the published view", async () => {
    const example = await smallExample();
    const { explanation } = example;
    const state = storeOf(example).get();
    expect(summaryText(explanation, state, english)).toBe(explanation.summary);
    expect(summaryText(explanation, state, german)).toBe(
      "Empfohlen. Vor allem hilft das Schlagzeug bei 0–12 s. Der Gesang bei 6–12 s schadet.",
    );
  });

  it("describes the current view", async () => {
    const example = await smallExample();
    const store = storeOf(example);
    store.setView("source");
    expect(summaryText(example.explanation, store.get(), english)).toBe("");
    await settled();
    expect(summaryText(example.explanation, store.get(), english)).toContain("its drums");
    expect(summaryText(example.explanation, store.get(), german)).toContain("das Schlagzeug");
  });

  it("names no part if none makes a difference", async () => {
    const example = await smallExample({ strengths: [[0, 0, 0]], bias: 0.5 });
    expect(summaryText(example.explanation, storeOf(example).get(), german)).toBe(
      "Empfohlen. Kein einzelner Teil ändert etwas.",
    );
  });

  it("says if no part helps", async () => {
    const example = await smallExample({ strengths: [[-1, -0.5, -0.8]], bias: 2.5 });
    expect(summaryText(example.explanation, storeOf(example).get(), german)).toMatch(
      /^Empfohlen, obwohl kein einzelner Teil hilft\./,
    );
  });
});

describe("explanationText", () => {
  it("contains all values and the current selection", async () => {
    const example = await smallExample();
    const store = storeOf(example);
    const { explanation, track } = example;
    const before = explanationText(explanation, track, store.get(), english);
    expect(before[0]).toBe("Three by Three by LEMONS, an excerpt of 18 seconds.");
    expect(before[1]).toMatch(/^Relevance 0\.\d\d of 1: \w+ match\.$/);
    expect(before[2]!.split(";")).toHaveLength(9);
    expect(before.join(" ")).toContain("Fewest parts that are enough: drums");
    store.toggle(1, "source");
    await settled();
    const after = explanationText(explanation, track, store.get(), english);
    expect(after.at(-1)).toMatch(
      /^Now playing only: vocals, 0–18 s; bass, 0–18 s\. Relevance .* 0\.\d\d lower than the whole/,
    );
  });
});
