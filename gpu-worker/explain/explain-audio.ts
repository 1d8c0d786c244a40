import type { Explanation } from "@lemons/shared/contract/explanation";
import type {
  ExplanationQuestion,
  SampledNeighbourhood,
  SourceName,
} from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { SeparatorName } from "@lemons/shared/contract/separator";
import type { Audio } from "../audio/audio.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import type { SeparatedSources } from "../separate/separated-sources.ts";
import type { SeparatedCache } from "./separated-cache.ts";

/** A question whose neighbourhood has been decided. */
export type ResolvedQuestion = ExplanationQuestion & { neighbourhood: SampledNeighbourhood };

export interface ExplainAudioInput {
  /** The whole track; null where the stems are the track. */
  mix: Audio | null;
  /** Own stems of the whole track; null where the separator takes the mix apart. */
  stems: Map<SourceName, Audio> | null;
  separator: SeparatorName;
  /** Of the file, or of the stems' hashes where the stems are the track. */
  audioSha256: string;
  model: ModelPackage;
  question: ResolvedQuestion;
  /** Supplied masks as parsed JSON: the fit is on exactly these instead of sampled ones. */
  masks?: unknown;
  /** Only components of this source become highlights. */
  querySource?: SourceName | undefined;
  scorer: Scorer;
  separatedCache?: SeparatedCache | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once, as soon as the whole track's relevance is known. */
  onRelevance?: ((relevance: number) => void) | undefined;
  /** Looked at between forward passes; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface ExplainedAudio {
  explanation: Explanation;
  /** Of the snippet, at the track's own rate. */
  separated: SeparatedSources;
  /** Rendered highlights; one without a sound is left out here and has `file: null` there. */
  highlights: { name: "top-1" | "top-3"; encoded: EncodedAudio }[];
}

/** @throws InputError where audio, stems, masks or the question do not fit together */
export async function explainAudio(input: ExplainAudioInput): Promise<ExplainedAudio> {
  throw new Error(`not built yet: ${input.audioSha256}`);
}
