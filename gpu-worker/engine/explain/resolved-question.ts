import type {
  ExplanationQuestion,
  Neighbourhood,
  SampledNeighbourhood,
} from "@lemons/shared/contract/explanation-request";

/** A question whose neighbourhood has been decided. */
export type ResolvedQuestion = ExplanationQuestion & { neighbourhood: Neighbourhood };

/** A question about masks that are drawn or named. */
export type SampledQuestion = ExplanationQuestion & { neighbourhood: SampledNeighbourhood };
