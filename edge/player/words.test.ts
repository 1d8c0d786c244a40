import { describe, expect, it } from "vitest";
import { languageOf, problemOf, t, WordedError } from "./words.ts";
import { ENGLISH, type WordKey } from "./words-english.ts";
import { GERMAN } from "./words-german.ts";

describe("t", () => {
  it("puts values into their places", () => {
    expect(t("audio.time", { current: "0:03", total: "0:30" })).toBe("0:03 of 0:30");
    expect(t("audio.play", { title: "$& {current}" })).toBe("Play $& {current}");
    expect(t("sound.time", { current: "0:03", total: "0:30" }, "de")).toBe("0:03 von 0:30");
  });

  it("leaves a place without a value visible", () => {
    expect(t("problem.status")).toContain("{status}");
  });

  it("has the same places in every language", () => {
    const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(ENGLISH) as WordKey[]) {
      expect(placesOf(GERMAN[key]), key).toEqual(placesOf(ENGLISH[key]));
    }
  });
});

describe("languageOf", () => {
  it("takes the language of a tag, English where there are no words in it", () => {
    expect(["de", "de-AT", "DE", "en-GB", "fr", "", null].map(languageOf)).toEqual([
      "de",
      "de",
      "de",
      "en",
      "en",
      "en",
      "en",
    ]);
  });
});

describe("problemOf", () => {
  it("keeps what can be worded, and the words of everything else", () => {
    const worded = problemOf(new WordedError("problem.status", { status: 500 }));
    expect(t(worded.key, worded.values, "de")).toBe("Der Server antwortete mit Status 500.");
    const other = problemOf(new TypeError("x is not a function"));
    expect(t(other.key, other.values)).toBe("x is not a function");
  });
});
