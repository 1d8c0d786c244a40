import type { SegmentTime } from "@lemons/shared/explanation/components";
import { ENGLISH, type TextKey } from "./english.ts";
import { type Language, type Message, messageText, type Translate, t } from "./translate.ts";

const MINUS = "\u2212";

/** Texts, names and numbers in one language. */
export interface Locale {
  language: Language;
  t: Translate;
  message(message: Message): string;
  /** Formats a relevance with two decimals. */
  relevance(value: number): string;
  /** Formats a weight or Shapley value with its sign and three decimals. */
  signed(value: number): string;
  /** Compares a relevance with that of the whole track: "0.86 lower than the whole track". */
  difference(relevance: number, whole: number): string;
  /** Formats a share as a whole percentage, without the percent sign. */
  percent(share: number): string;
  /** Returns the name of a source; sources of other separators keep their own names. */
  source(name: string): string;
  time(segment: SegmentTime): string;
  seconds(value: number): string;
  /** Joins items with a separator, "; " by default, and with "and" before the last one. */
  list(items: readonly string[], separator?: string): string;
}

/** Creates the locale of a language. */
export function createLocale(language: Language): Locale {
  const translate: Translate = (key, values) => t(key, values, language);
  const number = (value: number, decimals: number) =>
    value.toLocaleString(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  const seconds = (value: number) =>
    value.toLocaleString(language, { maximumFractionDigits: 1, useGrouping: false });
  return {
    language,
    t: translate,
    message: (message) => messageText(message, language),
    relevance: (value) => number(value, 2),
    signed(value) {
      const digits = number(Math.abs(value), 3);
      if (Math.abs(value) < 0.0005) return digits;
      return `${value < 0 ? MINUS : "+"}${digits}`;
    },
    difference(relevance, whole) {
      const change = relevance - whole;
      if (Math.abs(change) < 0.005) return translate("whatif.same");
      return translate(change < 0 ? "whatif.lower" : "whatif.higher", {
        difference: number(Math.abs(change), 2),
      });
    },
    percent: (share) => number(Math.round(share * 100), 0).replace("-", MINUS),
    source(name) {
      const key = `source.${name}`;
      return key in ENGLISH ? translate(key as TextKey) : name;
    },
    time: ({ startSeconds, endSeconds }) =>
      translate("part.time", { start: seconds(startSeconds), end: seconds(endSeconds) }),
    seconds: (value) => translate("part.second", { value: seconds(value) }),
    list(items, separator = "; ") {
      const last = items.at(-1) ?? "";
      if (items.length < 2) return last;
      return translate("part.and", { before: items.slice(0, -1).join(separator), last });
    },
  };
}

/** Formats seconds as players do: 75.4 s is `1:15`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
