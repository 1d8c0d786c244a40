import type { Explanation, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { NO_SEPARATION, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { stemsHash } from "@lemons/shared/identity/sha256";

/** A result that fits a request, with invented numbers. */
export async function explanationFor(request: WorkerExplainRequest): Promise<Explanation> {
  const { question, sound } = request;
  const hashes = Object.entries(sound.stems ?? {}).map(([source, link]) => [source, link.sha256]);
  const isUncut = question.type === "time" && request.separator !== "stems";
  const segments = question.type === "source" ? 1 : question.segments;
  const sources = question.type === "time" ? [null] : SOURCES;
  const seconds = 30 / segments;
  const components = Array.from({ length: segments * sources.length }, (_, index) => {
    const segment = Math.floor(index / sources.length);
    return {
      index,
      segment: question.type === "source" ? null : segment,
      source: sources[index % sources.length] ?? null,
      startSeconds: segment * seconds,
      endSeconds: (segment + 1) * seconds,
      weight: 1 / (index + 2),
      shapley: null,
    };
  });
  const highlight = {
    audio: { sampleRate: 44_100, channels: 2, samples: 1000, encoderDelaySamples: 1105 },
    startSeconds: 0,
  };
  const { neighbourhood } = question;
  return {
    schemaVersion: 1,
    type: question.type,
    target: question.target,
    model: { id: request.model.manifest.id, version: request.model.manifest.version },
    audio: {
      sha256: sound.audio?.sha256 ?? (await stemsHash(Object.fromEntries(hashes))),
      sampleRate: 44_100,
      channels: 2,
      seconds: 30,
      snippet: { startSeconds: 0, seconds: 30 },
    },
    separation: {
      separator: isUncut ? NO_SEPARATION.name : request.separator,
      version: isUncut ? NO_SEPARATION.version : SEPARATOR_VERSIONS[request.separator],
      sources: [...SOURCES],
      residual: 0,
    },
    segments: Array.from({ length: segments }, (_, i) => ({
      startSeconds: i * seconds,
      endSeconds: (i + 1) * seconds,
    })),
    neighbourhood: {
      ...(neighbourhood.kind === "sampled"
        ? neighbourhood
        : { kind: "sampled" as const, samples: 256, seed: 0 }),
      distinctMasks: 32,
      suppliedMasks: false,
    },
    kernelWidth: question.kernelWidth,
    featureSelection: question.featureSelection,
    features: components.length,
    relevance: 0.75,
    logit: Math.log(3),
    relevanceOfSilence: null,
    intercept: 0.2,
    fidelity: 0.9,
    localPrediction: 0.7,
    components,
    ranking: components.map((component) => component.index),
    complexity: 0.8,
    summary: "Recommended mostly for the passage at 0 to 6 s.",
    sufficient: null,
    necessary: null,
    decision: { threshold: null, reason: "sampled" },
    curves: null,
    engine: {
      kind: "dense",
      reason: neighbourhood.kind === "sampled" ? null : "The model mixes time globally.",
      blocks: 0,
      columnsEvaluated: 60_032,
      forwardEquivalents: 32,
      seconds: { scoring: 1 },
    },
    highlights: [
      { name: "top-1", components: [0], file: "top-1.mp3", ...highlight },
      { name: "top-3", components: [0, 1], file: null, ...highlight },
    ],
    timings: { total: 1 },
    masks: [[1, 1]],
    predictions: [0.75],
  };
}

/** The explanation that the edge publishes for it. */
export function published(
  explanation: Explanation,
  names: Pick<PublishedExplanation, "id" | "listener" | "track">,
): PublishedExplanation {
  const { masks: _masks, predictions: _predictions, ...fields } = explanation;
  return { ...names, ...fields };
}
