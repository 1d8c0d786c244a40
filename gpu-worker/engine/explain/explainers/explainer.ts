import type { Engine } from "@lemons/shared/contract/explanation";
import type {
  ExplanationQuestion,
  Neighbourhood,
} from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { SeparatorName } from "@lemons/shared/contract/separator";
import type { ExplanationAnswers } from "@lemons/shared/explanation/assemble-explanation";
import type { SegmentTime } from "@lemons/shared/explanation/components";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { ModelPackage } from "../../model/model-package.ts";
import type { Scorer } from "../../model/scorer.ts";
import type { ExactEngine } from "../exact-engine.ts";
import type { HeardSound, SnippetSources } from "../snippet-sources.ts";
import type { Stopwatch } from "../stopwatch.ts";
import type { StoredTrackTable } from "../table-cache.ts";

/**
 * A way of explaining a model's relevance of masked mixes. Every implementation passes
 * `explainer-contract.test.ts`; `registry.ts` registers them.
 */
export interface Explainer {
  name: string;
  /**
   * Explains, or refuses.
   *
   * @throws InputError if masks or model can't be used; the signal's reason if it is aborted
   */
  explain(input: ExplainerInput): Promise<ExplainerResult | ExplainerRefusal>;
}

/** A question whose neighbourhood has been decided. */
export type ResolvedQuestion = ExplanationQuestion & { neighbourhood: Neighbourhood };

export interface ExplainerInput {
  question: ResolvedQuestion;
  /** Why earlier explainers refused; null for the first one. */
  refusal: string | null;
  model: ModelPackage;
  sound: SnippetSources;
  heard: HeardSound;
  /** Segments of the explanation; a single one for the type `source`. */
  segments: readonly SegmentTime[];
  /** Cuts the snippet into a number of segments. */
  segmentTimes: (segments: number) => SegmentTime[];
  /**
   * Supplied masks as parsed JSON; undefined for none. A sampled neighbourhood is fitted on exactly
   * these. For an exhaustive one only their relevance is reported.
   */
  masks?: unknown;
  scorer: Scorer;
  exact: ExactEngine;
  separator: SeparatorName;
  audioSha256: string;
  /** A stored table of this track and encoder that answers the question, if one exists. */
  storedTable?: StoredTrackTable | null | undefined;
  stopwatch: Stopwatch;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once, as soon as the relevance of the whole track is known. */
  onRelevance?: ((relevance: number) => void) | undefined;
  /** Checked between forward passes; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface ExplainerResult {
  answers: ExplanationAnswers;
  engine: Engine;
  /** The response table, folded through the listener's head; null if none was used. */
  table: FoldedTable | null;
}

export interface ExplainerRefusal {
  /** A clause without a full stop, for people. */
  reason: string;
}
