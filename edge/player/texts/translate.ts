import { ENGLISH, type TextKey } from "./english.ts";
import { GERMAN } from "./german.ts";

/** Languages that there are words in. */
export type Language = "en" | "de";

/** A string still to be put into words, whatever the language of whoever reads it. */
export interface Message {
  key: TextKey;
  values?: Readonly<Record<string, string | number>>;
}

/** Puts keys into words of one language. */
export type Translate = (key: TextKey, values?: Message["values"]) => string;

const DICTIONARIES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en: ENGLISH,
  de: GERMAN,
};

/** The language of a tag (`de-AT` is `de`); English where there are no words in it. */
export function languageOf(tag: string | null | undefined): Language {
  return tag?.toLowerCase().split("-")[0] === "de" ? "de" : "en";
}

/** The visible string of a key, with `{name}` replaced by the value of that name. */
export function t(key: TextKey, values: Message["values"] = {}, language: Language = "en"): string {
  return DICTIONARIES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** An error whose reason can be read in any language. */
export class MessageError extends Error implements Message {
  override readonly name = "MessageError";
  readonly key: TextKey;
  readonly values: NonNullable<Message["values"]>;

  constructor(key: TextKey, values: NonNullable<Message["values"]> = {}, options?: ErrorOptions) {
    super(t(key, values), options);
    this.key = key;
    this.values = values;
  }
}

/** What went wrong, to be put into words. */
export function describeError(error: unknown): Message {
  if (error instanceof MessageError) return { key: error.key, values: error.values };
  const reason = error instanceof Error ? error.message : String(error);
  return { key: "problem.other", values: { reason } };
}
