import type { ExplanationType } from "../contract/explanation-request.ts";
import { type FidelityStepId, fidelityStep } from "./scales.ts";
import type { NamedPart, Side, SummaryFacts } from "./summary-facts.ts";

interface Noun {
  text: string;
  plural: boolean;
}

const SOURCE_NOUNS: ReadonlyMap<string, Noun> = new Map([
  ["vocals", { text: "vocals", plural: true }],
  ["piano", { text: "piano", plural: false }],
  ["drums", { text: "drums", plural: true }],
  ["bass", { text: "bass", plural: false }],
  ["other", { text: "other instruments", plural: true }],
]);

/** What components are called. */
const UNITS: Record<ExplanationType, { one: string; several: string }> = {
  time: { one: "passage", several: "passages" },
  source: { one: "voice or instrument", several: "voices and instruments" },
  "time+source": { one: "single part", several: "parts" },
};

const SECONDS_A_MINUTE = 60;
/** Shorter passages are told to a tenth of a second. */
const SHORT_SECONDS = 3;

/** Own stems have names of their own: a last s is a plural, but not in "brass" or "chorus". */
function sourceNoun(source: string): Noun {
  const known = SOURCE_NOUNS.get(source);
  if (known !== undefined) return known;
  return { text: source.replaceAll(/[_-]+/g, " ").trim(), plural: /[^su]s$/.test(source) };
}

function decimal(seconds: number): string {
  return String(Math.round(seconds * 10) / 10);
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / SECONDS_A_MINUTE);
  const [whole = "", tenths] = decimal(seconds - minutes * SECONDS_A_MINUTE).split(".");
  return `${minutes}:${whole.padStart(2, "0")}${tenths === undefined ? "" : `.${tenths}`}`;
}

/** Seconds within the first minute, else minutes and seconds; tenths only in short passages. */
function timeSpan({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }) {
  const step = endSeconds - startSeconds < SHORT_SECONDS ? 0.1 : 1;
  const start = Math.round(startSeconds / step) * step;
  const end = Math.round(endSeconds / step) * step;
  return end >= SECONDS_A_MINUTE
    ? `${clock(start)} to ${clock(end)}`
    : `${decimal(start)} to ${decimal(end)} s`;
}

/** "a", "a and b", "a, b and c"; with a comma before "and" where an item has its own "and". */
function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  if (items.length < 2) return last;
  const comma = items.some((item) => item.includes(" and ")) ? "," : "";
  return `${items.slice(0, -1).join(", ")}${comma} and ${last}`;
}

function partNoun({ source, times }: NamedPart): Noun {
  const when = times === null ? "" : ` at ${list(times.map(timeSpan))}`;
  if (source !== null) {
    const noun = sourceNoun(source);
    return { text: `its ${noun.text}${when}`, plural: noun.plural };
  }
  const several = times !== null && times.length > 1;
  return { text: `the ${several ? "passages" : "passage"}${when}`, plural: several };
}

function nameAll(parts: readonly NamedPart[]): Noun {
  const nouns = parts.map(partNoun);
  return {
    text: list(nouns.map((noun) => noun.text)),
    plural: nouns.length > 1 || nouns.some((noun) => noun.plural),
  };
}

/** "; its vocals speak against it", or nothing where nothing is to be said. */
function opposition(side: Side, how: string): string {
  if (side === "none") return "";
  if (side === "several") return `; several others speak ${how} it`;
  const { text, plural } = nameAll(side);
  return `; ${text} ${plural ? "speak" : "speaks"} ${how} it`;
}

function strongestOpposition(side: Side, contra: string): string {
  return side === "several"
    ? `; several speak ${contra} it`
    : opposition(side, `most strongly ${contra}`);
}

function percentage(fidelity: number): string {
  const percent = Math.round(fidelity * 100);
  return percent < 1 ? "almost nothing" : `only ${percent} %`;
}

function verdictWithReason({ type, recommended, fidelity, reason }: SummaryFacts): string {
  const verdict = recommended ? "Recommended" : "Not recommended";
  const [pro, contra] = recommended ? ["for", "against"] : ["against", "for"];
  const because = recommended ? "for" : "because of";
  const { one, several } = UNITS[type];
  switch (reason.kind) {
    case "undivided":
      return `${verdict}; the track was not divided, so no part can be compared with another`;
    case "indifferent":
      return `${verdict}, ${recommended ? "although" : "and"} no ${one} on its own makes a difference`;
    case "unexplained":
      return `${verdict}, but no ${one} can be named as the reason: taken one by one, ${several} explain ${percentage(fidelity)} of how the recommendation changes`;
    case "even":
      return `${verdict} ${because} the track as a whole: no ${one} stands out`;
    case "unsupported":
      return `${verdict}, although no ${one} on its own speaks ${pro} it${strongestOpposition(reason.opposed, contra)}`;
    case "supported": {
      const opposed = opposition(reason.opposed, contra);
      if (!Array.isArray(reason.reasons)) {
        return `${verdict} ${because} several ${several} that count about the same${opposed}`;
      }
      const degree = `${recommended ? "" : ","} ${reason.mostly ? "mostly" : "above all"}`;
      return `${verdict}${degree} ${because} ${nameAll(reason.reasons).text}${opposed}`;
    }
  }
}

/** Steps of fidelity that need no warning. */
const TRUSTED_STEPS: ReadonlySet<FidelityStepId> = new Set(["very-close", "close", "rough"]);

const ROUGH_KINDS: ReadonlySet<SummaryFacts["reason"]["kind"]> = new Set([
  "even",
  "unsupported",
  "supported",
]);

/** Words the facts in one English sentence. */
export function englishSummary(facts: SummaryFacts): string {
  const rough =
    !TRUSTED_STEPS.has(fidelityStep(facts.fidelity).id) && ROUGH_KINDS.has(facts.reason.kind)
      ? `; this is a rough picture, as single parts explain ${percentage(facts.fidelity)} of how the recommendation changes`
      : "";
  return `${verdictWithReason(facts)}${rough}.`;
}
