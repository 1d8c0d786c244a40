import type { ExplanationType } from "../contract/explanation-request.ts";
import { fidelityStep } from "./scales.ts";
import {
  type NamedPart,
  type SummaryFacts,
  type SummaryReason,
  type SummarySide,
  type SummaryValues,
  summaryFacts,
} from "./summary-facts.ts";

interface Noun {
  text: string;
  plural: boolean;
}

const SOURCE_NOUNS: ReadonlyMap<string, Noun> = new Map([
  ["vocals", { text: "its vocals", plural: true }],
  ["piano", { text: "its piano", plural: false }],
  ["drums", { text: "its drums", plural: true }],
  ["bass", { text: "its bass", plural: false }],
  ["other", { text: "the rest (guitars, strings, synths)", plural: false }],
]);

/** Name of one component of each type. */
const PART_NOUNS: Readonly<Record<ExplanationType, string>> = {
  time: "passage",
  source: "voice or instrument",
  "time+source": "part",
};

const NUMBER_WORDS = ["Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

const SECONDS_PER_MINUTE = 60;
/** Shorter passages have bounds with tenths of a second. */
const SHORT_SECONDS = 3;

/** Custom stems have custom names: a final "s" is a plural, except in "brass" or "chorus". */
function sourceNoun(source: string): Noun {
  const noun = SOURCE_NOUNS.get(source);
  if (noun !== undefined) return noun;
  return {
    text: `its ${source.replaceAll(/[_-]+/g, " ").trim()}`,
    plural: /[^su]s$/.test(source),
  };
}

function decimal(seconds: number): string {
  return String(Math.round(seconds * 10) / 10);
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
  const [whole = "", tenths] = decimal(seconds - minutes * SECONDS_PER_MINUTE).split(".");
  return `${minutes}:${whole.padStart(2, "0")}${tenths === undefined ? "" : `.${tenths}`}`;
}

/** Formats seconds in the first minute, else minutes and seconds; tenths only for short passages. */
function timeSpan({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }) {
  const step = endSeconds - startSeconds < SHORT_SECONDS ? 0.1 : 1;
  const start = Math.round(startSeconds / step) * step;
  const end = Math.round(endSeconds / step) * step;
  return end >= SECONDS_PER_MINUTE
    ? `${clock(start)} to ${clock(end)}`
    : `${decimal(start)} to ${decimal(end)} s`;
}

/** "a", "a and b", "a, b and c"; with a comma before "and" if an item contains one itself. */
function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  if (items.length < 2) return last;
  const comma = items.some((item) => item.includes(" and ")) ? "," : "";
  return `${items.slice(0, -1).join(", ")}${comma} and ${last}`;
}

function partNoun({ source, times }: NamedPart): Noun {
  const when = times === null ? "" : ` at ${list(times.map(timeSpan))}`;
  if (source !== null) {
    const { text, plural } = sourceNoun(source);
    return { text: `${text}${when}`, plural };
  }
  const plural = times !== null && times.length > 1;
  return { text: `the ${plural ? "passages" : "passage"}${when}`, plural };
}

function nounOf(parts: readonly NamedPart[]): Noun {
  const nouns = parts.map(partNoun);
  return {
    text: list(nouns.map((noun) => noun.text)),
    plural: nouns.length > 1 || nouns.some((noun) => noun.plural),
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Its vocals hurt most.", or nothing for a side without parts. */
function sideSentences(
  side: SummarySide,
  { helps, degree = "" }: { helps: boolean; degree?: string },
): string[] {
  if (side === "none") return [];
  const verb = helps ? "help" : "hurt";
  if (side === "several") return [`Several parts ${verb}.`];
  const { text, plural } = nounOf(side);
  return [`${capitalised(text)} ${verb}${plural ? "" : "s"}${degree}.`];
}

function combinationSentences({ type, enough }: SummaryFacts): string[] {
  if (enough?.count === 1) {
    const { text, plural } = nounOf(enough.parts);
    return [`${capitalised(text)} alone ${plural ? "are" : "is"} already enough.`];
  }
  const decides = `No single ${PART_NOUNS[type]} decides: it's the combination.`;
  if (enough === null) return [decides];
  return [decides, `${NUMBER_WORDS[enough.count - 2] ?? enough.count} of them are already enough.`];
}

function reasonSentences(facts: SummaryFacts, verdict: string): string[] {
  const { recommended, reason, type } = facts;
  switch (reason.kind) {
    case "undivided":
      return [`${verdict}.`, "The track has a single part, so there is nothing to compare."];
    case "indifferent":
      return [`${verdict}.`, `No single ${PART_NOUNS[type]} makes a difference.`];
    case "unexplained":
      return [`${verdict}.`, ...combinationSentences(facts)];
    case "even":
      return [`${verdict}.`, `It's the track as a whole: no ${PART_NOUNS[type]} stands out.`];
    case "unsupported":
      return [
        ...(recommended
          ? [`${verdict}, although no single ${PART_NOUNS[type]} helps.`]
          : [`${verdict}.`, "Nothing puts this listener off, but too little attracts them."]),
        ...sideSentences(reason.opposed, { helps: !recommended, degree: " most" }),
      ];
    case "supported":
      return [
        ...supportSentences(facts, reason, verdict),
        ...sideSentences(reason.opposed, { helps: !recommended }),
      ];
  }
}

function supportSentences(
  facts: SummaryFacts,
  { reasons, mostly }: Extract<SummaryReason, { kind: "supported" }>,
  verdict: string,
): string[] {
  if (!Array.isArray(reasons)) return [`${verdict}.`, ...combinationSentences(facts)];
  const degree = mostly ? "mostly" : "above all";
  const { text } = nounOf(reasons);
  return [
    facts.recommended
      ? `${verdict} ${degree} for ${text}.`
      : `${verdict}, ${degree} because of ${text}.`,
  ];
}

/** Returns true if the reason speaks of single parts although the fit is poor. */
export function needsWarning({ fidelity, reason }: SummaryFacts): boolean {
  if (fidelityStep(fidelity).id !== "poor") return false;
  if (reason.kind === "supported") return Array.isArray(reason.reasons);
  return reason.kind === "even" || reason.kind === "unsupported";
}

/**
 * Sums an explanation up for a listener, in one to three short English sentences: "Recommended mostly
 * for its drums at 6 to 12 s. Its vocals at 0 to 6 s hurt."
 *
 * A very poor fit (see `scales.ts`) names no part, a poor one adds that the parts work together.
 */
export function summarise(values: SummaryValues): string {
  const facts = summaryFacts(values);
  const verdict = facts.recommended ? "Recommended" : "Not a match";
  const sentences = reasonSentences(facts, verdict);
  if (needsWarning(facts)) sentences.push("The parts work together, so try combinations.");
  return sentences.join(" ");
}
