import type { SegmentTime } from "@lemons/shared/explanation/components";
import { type Language, type Translate, t } from "../words.ts";
import { ENGLISH, type WordKey } from "../words-english.ts";

const MINUS = "\u2212";

/** Puts keys, names and numbers of one player into words of one language. */
export interface Wording {
  language: Language;
  t: Translate;
  /** A relevance, two decimals. */
  relevance(value: number): string;
  /** A weight or Shapley value with its sign, three decimals. */
  signed(value: number, decimals?: number): string;
  /** A share as whole per cent, without the sign for it. */
  percent(share: number): string;
  source(name: string): string;
  time(segment: SegmentTime): string;
  /** A point in time. */
  seconds(value: number): string;
  /** Several things in one phrase; semicolons between them by default. */
  list(items: readonly string[], separator?: string): string;
}

/** The wording of a language. */
export function createWording(language: Language): Wording {
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
    relevance: (value) => number(value, 2),
    signed(value, decimals = 3) {
      const digits = number(Math.abs(value), decimals);
      if (Math.abs(value) < 0.5 * 10 ** -decimals) return digits;
      return `${value < 0 ? MINUS : "+"}${digits}`;
    },
    percent: (share) => number(Math.round(share * 100), 0).replace("-", MINUS),
    source(name) {
      const key = `source.${name}`;
      return key in ENGLISH ? translate(key as WordKey) : name;
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
