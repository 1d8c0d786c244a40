// cspell:ignore Ihre Ihnen wird Dieser abgelaufen einen neuen meldet Unerwarteter Fehler Versuch noch einmal
import { describe, expect, it } from "vitest";
import { ENGLISH, type TextKey } from "./english.ts";
import { GERMAN } from "./german.ts";
import { describeError, languageOf, MessageError, messageText, t } from "./translate.ts";

const KEYS = Object.keys(ENGLISH) as TextKey[];

describe("t", () => {
  it("replaces placeholders by values", () => {
    expect(t("audio.time", { current: "0:03", total: "0:30" })).toBe("0:03 of 0:30");
    expect(t("audio.play", { title: "$& {current}" })).toBe("Play $& {current}");
    expect(t("sound.time", { current: "0:03", total: "0:30" }, "de")).toBe("0:03 von 0:30");
  });

  it("keeps a placeholder without a value", () => {
    expect(t("problem.status")).toContain("{status}");
  });
});

describe("the German texts", () => {
  const placeholdersOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  // The server's reasons are English.
  const withoutReason: TextKey[] = ["problem.other", "problem.response"];

  it("have the placeholders of the English ones", () => {
    for (const key of KEYS.filter((each) => !withoutReason.includes(each))) {
      expect(placeholdersOf(GERMAN[key]), key).toEqual(placeholdersOf(ENGLISH[key]));
    }
  });

  it("are translated unless a word is the same in both languages", () => {
    const same = KEYS.filter(
      (key) =>
        GERMAN[key] === ENGLISH[key] && /\p{L}{3,}/u.test(GERMAN[key].replaceAll(/\{\w+\}/g, "")),
    );
    expect(same).toEqual([
      "audio.position",
      "sound.position",
      "listen.original",
      "measure.shapley",
      "embed.iframe",
      "embed.link",
    ]);
  });

  it("address the reader as du", () => {
    for (const key of KEYS)
      expect(GERMAN[key], key).not.toMatch(/\b(?:Sie|Ihre?n?|Ihnen)\b(?! (?:wird|ist))/);
  });
});

describe("languageOf", () => {
  it("reads the language from a tag and falls back to English", () => {
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

describe("messageText", () => {
  const gone = {
    key: "problem.response",
    values: { status: 410, reason: "Link expired" },
  } as const;

  it("keeps the server's reason in English", () => {
    expect(messageText(gone)).toBe("Link expired");
  });

  it("replaces the server's reason by the status in German", () => {
    expect(messageText(gone, "de")).toBe("Dieser Link ist abgelaufen. Bitte um einen neuen.");
    const teapot = { key: "problem.response", values: { status: 418, reason: "Teapot" } } as const;
    expect(messageText(teapot, "de")).toBe("Der Server meldet Status 418.");
  });
});

describe("describeError", () => {
  it("returns the message of a MessageError", () => {
    const message = describeError(new MessageError("problem.status", { status: 500 }));
    expect(messageText(message, "de")).toBe("Der Server meldet Status 500.");
  });

  it("keeps the text of any other error in English only", () => {
    const message = describeError(new TypeError("x is not a function"));
    expect(messageText(message)).toBe("x is not a function");
    expect(messageText(message, "de")).toBe("Unerwarteter Fehler. Versuch es noch einmal.");
  });
});
