import { ENGLISH, type WordKey } from "./words-english.ts";
import { GERMAN } from "./words-german.ts";

/** Languages that there are words in. */
export type Language = "en" | "de";

/** A string still to be put into words, whatever the language of whoever reads it. */
export interface Worded {
  key: WordKey;
  values?: Readonly<Record<string, string | number>>;
}

/** Puts keys into words of one language. */
export type Translate = (key: WordKey, values?: Worded["values"]) => string;

const DICTIONARIES: Readonly<Record<Language, Readonly<Record<WordKey, string>>>> = {
  en: ENGLISH,
  de: GERMAN,
};

/** The language of a tag (`de-AT` is `de`); English where there are no words in it. */
export function languageOf(tag: string | null | undefined): Language {
  return tag?.toLowerCase().split("-")[0] === "de" ? "de" : "en";
}

/** The visible string of a key, with `{name}` replaced by the value of that name. */
export function t(key: WordKey, values: Worded["values"] = {}, language: Language = "en"): string {
  return DICTIONARIES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** An error whose reason can be read in any language. */
export class WordedError extends Error implements Worded {
  override readonly name = "WordedError";
  readonly key: WordKey;
  readonly values: NonNullable<Worded["values"]>;

  constructor(key: WordKey, values: NonNullable<Worded["values"]> = {}, options?: ErrorOptions) {
    super(t(key, values), options);
    this.key = key;
    this.values = values;
  }
}

/** What went wrong, to be put into words. */
export function problemOf(error: unknown): Worded {
  if (error instanceof WordedError) return { key: error.key, values: error.values };
  const reason = error instanceof Error ? error.message : String(error);
  return { key: "problem.other", values: { reason } };
}
