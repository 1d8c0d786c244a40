import type { Component, Explanation } from "../contract/explanation.ts";
import type { ExplanationType } from "../contract/explanation-request.ts";
import { complexity } from "./complexity.ts";
import { fidelityStep, RECOMMENDED_RELEVANCE } from "./scales.ts";
import { explainsIrrelevance } from "./target.ts";

/** A weight that moves the relevance by less than half a percentage point is no reason. */
const NOTEWORTHY_WEIGHT = 0.005;
/** A part is named beside the strongest one if it has at least this share of its weight. */
const NAMED_SHARE = 0.5;
/** The other side is mentioned if it has at least this share of the strongest reason's weight. */
const OPPOSING_SHARE = 0.25;
/** A part with more than this share of the weight of the last named one could as well be named. */
const EQUAL_SHARE = 0.9;
/** Named reasons that make up at least this share of their side are most of it. */
const MOSTLY_SHARE = 0.5;
/** Reasons whose normalised entropy over all parts is above this do not stand out. */
const EVEN_ENTROPY = 0.98;
/** Segments closer than this touch; their bounds come from whole samples. */
const TOUCHING_SECONDS = 1e-3;
const MAX_REASONS = 3;
const MAX_OPPOSING = 2;

/** The values of an explanation that its sentence is made from. */
export type SummaryValues = Pick<
  Explanation,
  "type" | "target" | "relevance" | "fidelity" | "components"
>;

/** A source at one or more times; either is null where all of it is meant. */
export interface NamedPart {
  source: string | null;
  times: { startSeconds: number; endSeconds: number }[] | null;
}

/**
 * The parts on one side of the verdict: those worth naming, or `several` where too many count the
 * same for a choice among them to be fair, or `none` (also where it would be the whole track).
 */
export type Side = NamedPart[] | "several" | "none";

/** Why a track is recommended or not, before it is put into words. */
export type SummaryReason =
  /** Single parts explain too little to be named. */
  | { kind: "unexplained" }
  /** The track was not divided, so that nothing can be compared. */
  | { kind: "undivided" }
  /** No part moves the relevance. */
  | { kind: "indifferent" }
  /** All parts count about the same. */
  | { kind: "even" }
  /** Nothing single supports the verdict. */
  | { kind: "unsupported"; opposed: Side }
  /** Some parts support the verdict; `mostly` if the named ones are most of what does. */
  | { kind: "supported"; reasons: Side; mostly: boolean; opposed: Side };

/** What the sentence says. */
export interface SummaryFacts {
  type: ExplanationType;
  recommended: boolean;
  fidelity: number;
  reason: SummaryReason;
}

interface WeighedPart {
  component: Component;
  /** How much it supports the verdict; negative where it opposes it. */
  support: number;
}

/** The strongest parts of a falling list, as long as they keep up with the first. */
function strongest(parts: readonly WeighedPart[], most: number): WeighedPart[] {
  const first = Math.abs(parts[0]?.support ?? 0);
  return parts.slice(0, most).filter((part) => Math.abs(part.support) >= NAMED_SHARE * first);
}

function nameSide(parts: readonly WeighedPart[], most: number, all: readonly Component[]): Side {
  const named = strongest(parts, most);
  const weakest = Math.abs(named.at(-1)?.support ?? 0);
  const next = Math.abs(parts[named.length]?.support ?? 0);
  if (named.length === 0 || named.length === all.length) return "none";
  return next > EQUAL_SHARE * weakest ? "several" : merge(named, all);
}

/** Merges parts of one source, and times that follow each other. */
function merge(parts: readonly WeighedPart[], all: readonly Component[]): NamedPart[] {
  const start = Math.min(...all.map((component) => component.startSeconds));
  const end = Math.max(...all.map((component) => component.endSeconds));
  const sources = [...new Set(parts.map((part) => part.component.source))];
  return sources.map((source) => {
    const times: { startSeconds: number; endSeconds: number }[] = [];
    const own = parts.map((part) => part.component).filter((part) => part.source === source);
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

  const speaksFor = recommended !== explainsIrrelevance(target, relevance) ? 1 : -1;
  const parts = components.map((component) => ({
    component,
    support: speaksFor * component.weight,
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

/** Decides what the sentence about an explanation says; the wording is elsewhere. */
export function summaryFacts(values: SummaryValues): SummaryFacts {
  const recommended = values.relevance >= RECOMMENDED_RELEVANCE;
  return {
    type: values.type,
    recommended,
    fidelity: values.fidelity,
    reason: findReason(values, recommended),
  };
}
