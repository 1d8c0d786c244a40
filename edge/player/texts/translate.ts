import { ENGLISH, type TextKey } from "./english.ts";
import { GERMAN } from "./german.ts";

/** Languages of the player. */
export type Language = "en" | "de";

/** A text that can be shown in any language. */
export interface Message {
  key: TextKey;
  values?: Readonly<Record<string, string | number>>;
}

/** Returns the text of a key in one language. */
export type Translate = (key: TextKey, values?: Message["values"]) => string;

const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en: ENGLISH,
  de: GERMAN,
};

/** Returns the language of a tag: `de-AT` is `de`. Languages without texts fall back to English. */
export function languageOf(tag: string | null | undefined): Language {
  return tag?.toLowerCase().split("-")[0] === "de" ? "de" : "en";
}

/** Returns the text of a key, with each `{name}` replaced by the value of that name. */
export function t(key: TextKey, values: Message["values"] = {}, language: Language = "en"): string {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(values[name] ?? placeholder),
  );
}

/** Texts that replace the server's English reason in other languages, by HTTP status. */
const STATUS_KEYS: Readonly<Record<number, TextKey>> = {
  401: "problem.forbidden",
  403: "problem.forbidden",
  404: "problem.not-found",
  410: "problem.expired",
  429: "problem.too-many",
};

/**
 * Returns the text of a message. The server explains its problems in English; other languages show
 * a text for the HTTP status instead.
 */
export function messageText({ key, values }: Message, language: Language = "en"): string {
  const statusKey =
    language !== "en" && key === "problem.response" ? STATUS_KEYS[Number(values?.status)] : null;
  return t(statusKey ?? key, values, language);
}

/** An error whose message can be shown in any language. */
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

/** Returns the message of an error. Errors without one keep their own text as `reason`. */
export function describeError(error: unknown): Message {
  if (error instanceof MessageError) return { key: error.key, values: error.values };
  const reason = error instanceof Error ? error.message : String(error);
  return { key: "problem.other", values: { reason } };
}
