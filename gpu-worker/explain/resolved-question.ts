import type {
  ExplanationQuestion,
  SampledNeighbourhood,
} from "@lemons/shared/contract/explanation-request";

/** A question whose neighbourhood has been decided. */
export type ResolvedQuestion = ExplanationQuestion & { neighbourhood: SampledNeighbourhood };
