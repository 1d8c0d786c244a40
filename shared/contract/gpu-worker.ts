import { z } from "zod";
import { Component, Explanation, Highlight, Probability, TableRecord } from "./explanation.ts";
import {
  ExplanationQuestion,
  ExplanationType,
  Neighbourhood,
  SourceName,
} from "./explanation-request.ts";
import { FrontEnd } from "./front-end.ts";
import { ExplanationId, ModelId, Sha256, StemsId, TableId, TrackId } from "./identifier.ts";
import { Progress } from "./job.ts";
import { ModelHead, ModelManifest } from "./model.ts";
import { Problem } from "./problem.ts";
import { NO_SEPARATION, SeparatorName } from "./separator.ts";

/**
 * Requests and response lines of the gpu-worker. A request is JSON, a response NDJSON; its last line is
 * a result or a problem. gpu-worker-endpoints.ts lists the endpoints that use them.
 */

export const HEARTBEAT_SECONDS = 5;
export const MAX_TRACKS_PER_SCORE_REQUEST = 64;
export const MAX_MODELS_PER_SCORE_REQUEST = 256;

/** A signed link to an object. Every link of a request is a field named `url`. */
const Link = z.strictObject({ url: z.url() });

/** A signed link that allows a GET; the bytes must have this hash. */
const ObjectLink = Link.extend({ sha256: Sha256 });
export type ObjectLink = z.infer<typeof ObjectLink>;

/** The sound of a track: a file, or true stems whose sum is the track, or a file with its stems. */
const TrackSound = z
  .strictObject({
    audio: ObjectLink.optional(),
    stems: z.record(SourceName, ObjectLink).optional(),
  })
  .refine((sound) => sound.audio ?? sound.stems, "needs audio, stems, or both");
export type TrackSound = z.infer<typeof TrackSound>;

/** A model in one file. */
const ModelLink = Link.extend({ manifest: ModelManifest });
export type ModelLink = z.infer<typeof ModelLink>;

/** An encoder, which any number of models may share. */
const EncoderLink = Link.extend({
  version: Sha256.describe("of the file, which is in canonical form"),
  frontEnd: FrontEnd,
});
export type EncoderLink = z.infer<typeof EncoderLink>;

/** A model as its encoder and its head. */
const SplitModelLink = z.strictObject({
  manifest: ModelManifest.required({ encoderVersion: true, headVersion: true }),
  encoder: Link,
  head: ModelHead,
});
export type SplitModelLink = z.infer<typeof SplitModelLink>;

const JOINABLE = "names the job: a request of the same id joins the job that is running";

const Heartbeat = z.object({ kind: z.literal("heartbeat") });
const ProgressLine = z.object({ kind: z.literal("progress"), progress: Progress });
const ProblemLine = z.object({ kind: z.literal("problem"), problem: Problem });

// Scoring: every model scores every track.

export const WorkerScoreRequest = z.strictObject({
  models: z.array(ModelLink).min(1).max(MAX_MODELS_PER_SCORE_REQUEST),
  tracks: z
    .array(z.strictObject({ id: TrackId, sound: TrackSound }))
    .min(1)
    .max(MAX_TRACKS_PER_SCORE_REQUEST),
});
export type WorkerScoreRequest = z.infer<typeof WorkerScoreRequest>;

const TrackFailedLine = z.object({
  kind: z.literal("track-failed"),
  track: TrackId,
  reason: z.string(),
  retryable: z.boolean().describe("false if the sound itself is at fault"),
});
const TracksResultLine = z.object({
  kind: z.literal("result"),
  tracks: z.int().nonnegative(),
  forwards: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
});

export const WorkerScoreLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({
    kind: z.literal("score"),
    track: TrackId,
    peaks: z.array(Probability),
    scores: z.array(z.object({ model: ModelId, logit: z.number(), relevance: Probability })),
  }),
  TrackFailedLine,
  TracksResultLine,
  ProblemLine,
]);
export type WorkerScoreLine = z.infer<typeof WorkerScoreLine>;

// Features: the vector that an encoder pools each track to.

export const WorkerFeaturesRequest = z.strictObject({
  encoder: EncoderLink,
  tracks: WorkerScoreRequest.shape.tracks,
});
export type WorkerFeaturesRequest = z.infer<typeof WorkerFeaturesRequest>;

export const WorkerFeaturesLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({
    kind: z.literal("features"),
    track: TrackId,
    peaks: z.array(Probability),
    features: z.base64().describe("little-endian float32, the encoder's output"),
  }),
  TrackFailedLine,
  TracksResultLine.extend({
    silence: z.base64().describe("features of a silent snippet, encoded as those of a track"),
  }),
  ProblemLine,
]);
export type WorkerFeaturesLine = z.infer<typeof WorkerFeaturesLine>;

// Inspection: checks that a model can be published.

export const WorkerInspectRequest = z.strictObject({
  model: z.union([EncoderLink, ModelLink]),
  outputs: z
    .strictObject({ encoder: Link.optional() })
    .describe("signed link to PUT the encoder of a whole model to, in canonical form"),
});
export type WorkerInspectRequest = z.infer<typeof WorkerInspectRequest>;

const SplitFacts = z.object({
  encoderVersion: Sha256,
  features: z.int().positive(),
  head: z
    .union([z.object({ version: Sha256, numbers: ModelHead }), z.null()])
    .describe("null if the request was for an encoder"),
});

export const WorkerInspectLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({
    kind: z.literal("result"),
    split: z.union([SplitFacts, z.null()]).describe("null for a model that is used whole"),
    noTable: z.string().nullable().describe("why no response table can be built, if so"),
  }),
  ProblemLine,
]);
export type WorkerInspectLine = z.infer<typeof WorkerInspectLine>;

// Explanations.

export const WorkerExplainRequest = z.strictObject({
  id: ExplanationId.describe(JOINABLE),
  model: z.union([ModelLink, SplitModelLink]),
  sound: TrackSound,
  separator: SeparatorName,
  question: ExplanationQuestion.extend({ neighbourhood: Neighbourhood }),
  table: ObjectLink.extend({ record: TableRecord })
    .optional()
    .describe("a response table of the question's encoder and sound; built if left out"),
  outputs: z
    .partialRecord(Highlight.shape.name, Link)
    .describe("signed links to PUT each highlight to"),
});
export type WorkerExplainRequest = z.infer<typeof WorkerExplainRequest>;

export const WorkerExplainLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({ kind: z.literal("relevance"), relevance: Probability }),
  z.object({ kind: z.literal("result"), explanation: Explanation }),
  ProblemLine,
]);
export type WorkerExplainLine = z.infer<typeof WorkerExplainLine>;

// Response tables of an encoder and a track.

export const WorkerTableRequest = z.strictObject({
  id: TableId.describe(JOINABLE),
  model: z.union([EncoderLink, ModelLink]).describe("a whole model only if it has no encoder"),
  sound: TrackSound,
  separator: z
    .enum([...SeparatorName.options, NO_SEPARATION.name])
    .describe("`none` for a table of time alone: segments of the unseparated mix"),
  segments: ExplanationQuestion.shape.segments,
  outputs: z.strictObject({ table: Link }),
});
export type WorkerTableRequest = z.infer<typeof WorkerTableRequest>;

export const WorkerTableLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({ kind: z.literal("result"), record: TableRecord }),
  z.object({ kind: z.literal("no-table"), reason: z.string().describe("why masks are sampled") }),
  ProblemLine,
]);
export type WorkerTableLine = z.infer<typeof WorkerTableLine>;

// Renders: the highlights of an explanation as audio.

export const WorkerRenderRequest = z.strictObject({
  id: ExplanationId.describe(JOINABLE),
  sound: TrackSound,
  separator: SeparatorName,
  segments: ExplanationQuestion.shape.segments,
  type: ExplanationType,
  components: z.array(Component).min(1).max(64),
  outputs: WorkerExplainRequest.shape.outputs,
});
export type WorkerRenderRequest = z.infer<typeof WorkerRenderRequest>;

export const WorkerRenderLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({ kind: z.literal("result"), highlights: z.array(Highlight) }),
  ProblemLine,
]);
export type WorkerRenderLine = z.infer<typeof WorkerRenderLine>;

// Stems: the sources of a track's snippet as audio files.

export const WorkerStemsRequest = z.strictObject({
  id: StemsId.describe(JOINABLE),
  sound: TrackSound,
  separator: SeparatorName,
  outputs: z.record(SourceName, Link).describe("signed links to PUT each source to"),
});
export type WorkerStemsRequest = z.infer<typeof WorkerStemsRequest>;

export const WorkerStemsLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({
    kind: z.literal("result"),
    stems: z.array(
      z.object({
        source: SourceName,
        sampleRate: z.int().positive(),
        channels: z.int().positive(),
        samples: z.int().positive().describe("the same for all: they start and end together"),
      }),
    ),
  }),
  ProblemLine,
]);
export type WorkerStemsLine = z.infer<typeof WorkerStemsLine>;

// Probes: decodes an uploaded file to learn its length and shape.

export const WorkerProbeRequest = z.strictObject({
  id: TrackId.describe(JOINABLE),
  sound: TrackSound,
});
export type WorkerProbeRequest = z.infer<typeof WorkerProbeRequest>;

export const WorkerProbeLine = z.discriminatedUnion("kind", [
  Heartbeat,
  ProgressLine,
  z.object({
    kind: z.literal("result"),
    sampleRate: z.int().positive(),
    channels: z.int().positive(),
    seconds: z.number().positive(),
    peaks: z.array(Probability),
    warnings: z.array(z.string()).optional().describe("what a model can't hear of the audio"),
  }),
  ProblemLine,
]);
export type WorkerProbeLine = z.infer<typeof WorkerProbeLine>;

/** Response of the health check. */
export const WorkerHealth = z.object({
  status: z.literal("ok"),
  version: z.string(),
  provider: z.enum(["cpu", "cuda"]),
  running: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
});
export type WorkerHealth = z.infer<typeof WorkerHealth>;
