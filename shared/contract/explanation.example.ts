import { modelExample, trackExample } from "./catalogue.example.ts";
import type { PublishedExplanation } from "./explanation.ts";
import { ExplanationId, ListenerId, ModelId, TrackId } from "./identifier.ts";

/** Why the demo's listener `ilse` is recommended a track, by time; numbers are rounded. */
export const explanationExample = {
  id: ExplanationId.parse("366cc7f5b347ff69657c574b10d6fe0f-53c92372bcd9b47a0bcdb4b184ec9a17"),
  listener: ListenerId.parse("ilse"),
  track: TrackId.parse(trackExample.id),
  schemaVersion: 1,
  type: "time",
  target: "relevance",
  model: {
    id: ModelId.parse(modelExample.id),
    version: modelExample.version,
  },
  audio: {
    sha256: trackExample.audioSha256,
    sampleRate: 44100,
    channels: 2,
    seconds: 30,
    snippet: {
      startSeconds: 0,
      seconds: 30,
    },
  },
  separation: {
    separator: "none",
    version: "1",
    sources: ["mix"],
    residual: 0,
  },
  segments: [
    {
      startSeconds: 0,
      endSeconds: 6,
    },
    {
      startSeconds: 6,
      endSeconds: 12,
    },
    {
      startSeconds: 12,
      endSeconds: 18,
    },
    {
      startSeconds: 18,
      endSeconds: 24,
    },
    {
      startSeconds: 24,
      endSeconds: 30,
    },
  ],
  neighbourhood: {
    kind: "exhaustive",
    effectiveSamples: 2048,
  },
  kernelWidth: 0.25,
  featureSelection: "none",
  features: 5,
  relevance: 0.6964,
  logit: 0.8302,
  relevanceOfSilence: 0.0005,
  intercept: -0.267,
  fidelity: 0.3349,
  localPrediction: 0.2536,
  components: [
    {
      index: 0,
      segment: 0,
      source: null,
      startSeconds: 0,
      endSeconds: 6,
      weight: 0.095,
      shapley: 0.1303,
    },
    {
      index: 1,
      segment: 1,
      source: null,
      startSeconds: 6,
      endSeconds: 12,
      weight: 0.1067,
      shapley: 0.1424,
    },
    {
      index: 2,
      segment: 2,
      source: null,
      startSeconds: 12,
      endSeconds: 18,
      weight: 0.1005,
      shapley: 0.1356,
    },
    {
      index: 3,
      segment: 3,
      source: null,
      startSeconds: 18,
      endSeconds: 24,
      weight: 0.1126,
      shapley: 0.1467,
    },
    {
      index: 4,
      segment: 4,
      source: null,
      startSeconds: 24,
      endSeconds: 30,
      weight: 0.1058,
      shapley: 0.141,
    },
  ],
  ranking: [3, 1, 4, 2, 0],
  complexity: 0.999,
  summary:
    "Recommended for the track as a whole: no passage stands out; this is a rough picture, as single parts explain only 33 % of how the recommendation changes.",
  sufficient: {
    components: [0, 1, 2, 3, 4],
    relevance: 0.6964,
  },
  necessary: {
    components: [3],
    relevance: 0.015,
  },
  decision: {
    threshold: 0.5,
    reason: null,
  },
  curves: {
    deletion: {
      relevances: [0.6964, 0.015, 0.0063, 0.0029, 0.0014, 0.0005],
      area: 0.0748,
    },
    insertion: {
      relevances: [0.0005, 0.0033, 0.0071, 0.0173, 0.0619, 0.6964],
      area: 0.0876,
    },
  },
  engine: {
    kind: "table",
    reason: null,
    blocks: 5,
    columnsEvaluated: 8052,
    forwardEquivalents: 2.103,
    seconds: {
      resampling: 0.043,
      planning: 0.0275,
      spectra: 0.0615,
      sessions: 0.4209,
      interior: 0.6538,
      boundary: 0.2192,
    },
  },
  highlights: [
    {
      name: "top-1",
      components: [3],
      file: "top-1.mp3",
      audio: null,
      startSeconds: 18,
    },
    {
      name: "top-3",
      components: [3, 1, 4],
      file: "top-3.mp3",
      audio: null,
      startSeconds: 6,
    },
  ],
  timings: {},
} satisfies PublishedExplanation;
