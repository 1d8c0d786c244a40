import {
  DEFAULT_SAMPLES,
  type ExplanationType,
  type Neighbourhood,
} from "@lemons/shared/contract/explanation-request";
import { MAX_AUDIBLE_COMPONENTS } from "@lemons/shared/enumeration/audible-components";

/** Everything that the price of an explanation depends on. */
export interface Priced {
  type: ExplanationType;
  neighbourhood: Neighbourhood;
  segments: number;
  /** Number of sources that the track is separated into. */
  sources: number;
  /** State of the response table. */
  table: "there" | "to-build" | "impossible";
}

/** Fetching, decoding and separating a track, on two cores. */
const PREPARING_SECONDS = 4;
/** One forward pass of a reference model. */
const FORWARD_SECONDS = 0.15;
/** Enumerating the masks of a table at the edge, and fitting. */
export const COUNTING_SECONDS = 0.5;
/** Fitting a listener's head and scoring the catalogue with it, at the edge. */
export const FITTING_SECONDS = 2;
const RENDERING_SECONDS = 2;
/** Share of columns that see two segments, for a 30 s track. */
const BOUNDARY_SHARE = 0.007;

/**
 * Estimates the price of an explanation that is not stored, in seconds of compute on a worker with two
 * cores. The real cost is charged when it ends.
 */
export function priceSeconds(priced: Priced): number {
  const { type, neighbourhood, segments, sources, table } = priced;
  const components = (type === "source" ? 1 : segments) * (type === "time" ? 1 : sources);
  const isExhaustive = neighbourhood.kind === "exhaustive" && table !== "impossible";
  let seconds = RENDERING_SECONDS;
  if (isExhaustive && table === "to-build") {
    const [parts, names] = [type === "source" ? 1 : segments, type === "time" ? 1 : sources];
    seconds += PREPARING_SECONDS + FORWARD_SECONDS * tableForwards(parts, names);
  }
  if (isExhaustive && components <= MAX_AUDIBLE_COMPONENTS) return seconds + COUNTING_SECONDS;
  // Masks are sampled: the request says so, or there are too many to enumerate.
  const samples = neighbourhood.kind === "sampled" ? neighbourhood.samples : DEFAULT_SAMPLES[type];
  const masks = Math.min(samples, 2 ** components);
  return seconds + PREPARING_SECONDS + FORWARD_SECONDS * masks;
}

/**
 * Counts the forward passes of a response table: every combination of sources within each segment, and
 * of two neighbouring segments for columns that see both.
 */
function tableForwards(segments: number, sources: number): number {
  return 2 ** sources + (segments - 1) * 2 ** (2 * sources) * BOUNDARY_SHARE;
}
