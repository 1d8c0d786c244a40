import type { Component, Explanation } from "../contract/explanation.ts";
import type { ExplanationType } from "../contract/explanation-request.ts";
import { explainsIrrelevance } from "./local-fit.ts";
import { complexity } from "./ranking.ts";
import { fidelityStep, RECOMMENDED_RELEVANCE } from "./scales.ts";

/** Smaller weights, half a percentage point of relevance, are no reason. */
const NOTEWORTHY_WEIGHT = 0.005;
/** A part is named beside the strongest one from this share of its weight. */
const NAMED_SHARE = 0.5;
/** The other side is mentioned from this share of the strongest reason's weight. */
const OPPOSING_SHARE = 0.25;
/** Above this share of the last named part's weight, the choice between two parts is arbitrary. */
const EQUAL_SHARE = 0.9;
/** From this share of their side, the named reasons are most of it. */
const MOSTLY_SHARE = 0.5;
/** From this normalised entropy over all parts, no reason stands out. */
const EVEN_ENTROPY = 0.98;
/** Segments closer than this touch: bounds are whole samples, in seconds. */
const TOUCHING_SECONDS = 1e-3;
const MAX_REASONS = 3;
const MAX_OPPOSING = 2;

/** The values of an explanation that its summary is made from. */
export type SummaryValues = Pick<
  Explanation,
  "type" | "target" | "relevance" | "fidelity" | "components" | "sufficient"
>;

/** A source at one or more times; null stands for all sources or all of the time. */
export interface NamedPart {
  source: string | null;
  times: { startSeconds: number; endSeconds: number }[] | null;
}

/**
 * The parts on one side of the verdict: those worth naming; `several` if a choice among equals would
 * be arbitrary; `none` if there are none or they are the whole track.
 */
export type SummarySide = NamedPart[] | "several" | "none";

/** Why a track is recommended or not, before it is put into words. */
export type SummaryReason =
  /** Single parts explain too little to be named. */
  | { kind: "unexplained" }
  /** The track has a single part. */
  | { kind: "undivided" }
  /** No part moves the relevance. */
  | { kind: "indifferent" }
  /** All parts count about the same. */
  | { kind: "even" }
  /** No single part supports the verdict. */
  | { kind: "unsupported"; opposed: SummarySide }
  /** Some parts support the verdict; `mostly` if the named ones make up most of the support. */
  | { kind: "supported"; reasons: SummarySide; mostly: boolean; opposed: SummarySide };

/** The content of a summary. */
export interface SummaryFacts {
  type: ExplanationType;
  recommended: boolean;
  fidelity: number;
  reason: SummaryReason;
  /** The fewest parts that are enough to be recommended; null if unknown or all. */
  enough: { count: number; parts: NamedPart[] } | null;
}

interface WeighedPart {
  component: Component;
  /** Support of the verdict; negative if the part opposes it. */
  support: number;
}

/** Takes the strongest parts, sorted by falling support, that come near the first. */
function strongest(parts: readonly WeighedPart[], most: number): WeighedPart[] {
  const first = Math.abs(parts[0]?.support ?? 0);
  return parts.slice(0, most).filter((part) => Math.abs(part.support) >= NAMED_SHARE * first);
}

function nameSide(
  parts: readonly WeighedPart[],
  most: number,
  all: readonly Component[],
): SummarySide {
  const named = strongest(parts, most);
  const weakest = Math.abs(named.at(-1)?.support ?? 0);
  const next = Math.abs(parts[named.length]?.support ?? 0);
  if (named.length === 0 || named.length === all.length) return "none";
  return next > EQUAL_SHARE * weakest
    ? "several"
    : merge(
        named.map((part) => part.component),
        all,
      );
}

/** Merges parts of one source, and times that follow each other. */
function merge(parts: readonly Component[], all: readonly Component[]): NamedPart[] {
  const start = Math.min(...all.map((component) => component.startSeconds));
  const end = Math.max(...all.map((component) => component.endSeconds));
  const sources = [...new Set(parts.map((part) => part.source))];
  return sources.map((source) => {
    const times: { startSeconds: number; endSeconds: number }[] = [];
    const own = parts.filter((part) => part.source === source);
    for (const { startSeconds, endSeconds } of own.sort((a, b) => a.index - b.index)) {
      const last = times.at(-1);
      if (last !== undefined && startSeconds - last.endSeconds < TOUCHING_SECONDS)
        last.endSeconds = endSeconds;
      else times.push({ startSeconds, endSeconds });
    }
    const throughout = times[0]?.startSeconds === start && times[0].endSeconds === end;
    return { source, times: throughout ? null : times };
  });
}

function isEven(support: readonly number[]): boolean {
  const entropy = complexity(support.map((value) => Math.max(0, value)));
  return entropy !== null && entropy >= EVEN_ENTROPY;
}

function findReason(values: SummaryValues, recommended: boolean): SummaryReason {
  const { components, fidelity, relevance, target } = values;
  if (components.length < 2) return { kind: "undivided" };

  const sign = recommended !== explainsIrrelevance(target, relevance) ? 1 : -1;
  const parts = components.map((component) => ({
    component,
    support: sign * component.weight,
  }));
  const supporting = parts
    .filter((part) => part.support >= NOTEWORTHY_WEIGHT)
    .sort((a, b) => b.support - a.support);
  const opposing = parts
    .filter((part) => part.support <= -NOTEWORTHY_WEIGHT)
    .sort((a, b) => a.support - b.support);

  if (supporting.length === 0 && opposing.length === 0) return { kind: "indifferent" };
  if (fidelityStep(fidelity).id === "very-poor") return { kind: "unexplained" };
  const opposed = nameSide(opposing, MAX_OPPOSING, components);
  if (supporting.length === 0) return { kind: "unsupported", opposed };

  const reasons = strongest(supporting, MAX_REASONS);
  if (reasons.length === components.length || isEven(parts.map((part) => part.support))) {
    return { kind: "even" };
  }
  const strongestOpposing = Math.abs(opposing[0]?.support ?? 0);
  return {
    kind: "supported",
    reasons: nameSide(supporting, MAX_REASONS, components),
    mostly: totalSupport(reasons) >= MOSTLY_SHARE * totalSupport(supporting),
    opposed: strongestOpposing >= OPPOSING_SHARE * reasons[0]!.support ? opposed : "none",
  };
}

function totalSupport(parts: readonly WeighedPart[]): number {
  return parts.reduce((sum, part) => sum + part.support, 0);
}

function findEnough({ components, sufficient }: SummaryValues): SummaryFacts["enough"] {
  if (sufficient === null || sufficient.relevance < RECOMMENDED_RELEVANCE) return null;
  const count = sufficient.components.length;
  if (count === 0 || count >= components.length) return null;
  const parts = sufficient.components.map((index) => components[index]!);
  return { count, parts: merge(parts, components) };
}

/** Decides what a summary says, without wording it. */
export function summaryFacts(values: SummaryValues): SummaryFacts {
  const recommended = values.relevance >= RECOMMENDED_RELEVANCE;
  return {
    type: values.type,
    recommended,
    fidelity: values.fidelity,
    reason: findReason(values, recommended),
    enough: recommended ? findEnough(values) : null,
  };
}
