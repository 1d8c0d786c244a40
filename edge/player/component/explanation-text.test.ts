import { describe, expect, it } from "vitest";
import { createLocale } from "../texts/locale.ts";
import { settled, smallExample, storeOf } from "./example.fixture.ts";
import { answerText, explanationText } from "./explanation-text.ts";

const english = createLocale("en");

describe("answerText", () => {
  it("names what speaks for the track and against it", async () => {
    const example = await smallExample();
    const text = answerText(example.explanation, storeOf(example).get(), english);
    expect(text).toBe("Speaks for it most: drums, 0–18 s. Speaks against it most: vocals, 6–12 s.");
    expect(answerText(example.explanation, storeOf(example).get(), createLocale("de"))).toBe(
      "Am meisten spricht dafür: Schlagzeug, 0–18 s. Am meisten spricht dagegen: Gesang, 6–12 s.",
    );
  });

  it("claims nothing where nothing matters, or nothing speaks for it", async () => {
    const nothing = await smallExample({ strengths: [[0, 0, 0]], bias: 0.5 });
    expect(answerText(nothing.explanation, storeOf(nothing).get(), english)).toBe(
      "No part makes a difference to the model.",
    );
    const against = await smallExample({ strengths: [[-1, -0.5, -0.8]], bias: 2 });
    expect(answerText(against.explanation, storeOf(against).get(), english)).toMatch(
      /^No part speaks for it\. Speaks against it most: vocals/,
    );
  });
});

describe("explanationText", () => {
  it("says the whole explanation, and what is selected", async () => {
    const example = await smallExample();
    const store = storeOf(example);
    const { explanation, track } = example;
    const before = explanationText(explanation, track, store.get(), english);
    expect(before[0]).toBe("Three by Three by LEMONS, an excerpt of 18 seconds.");
    expect(before[1]).toMatch(/relevance 0\.\d\d of 1\.$/);
    expect(before[2]!.split(";")).toHaveLength(9);
    expect(before.join(" ")).toContain("Alone enough to keep the recommendation: drums");
    store.toggle(1, "source");
    await settled();
    const after = explanationText(explanation, track, store.get(), english);
    expect(after.at(-1)).toMatch(
      /^Now selected: vocals, 0–18 s; bass, 0–18 s\. .* −0\.\d\d against/,
    );
  });
});
