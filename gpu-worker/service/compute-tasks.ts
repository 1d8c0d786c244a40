import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import { type Audio, durationSeconds } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { encodeWavFloat32 } from "../audio/encode-wav.ts";
import { waveformPeaks } from "../audio/peaks.ts";
import { explainAudio } from "../explain/explain-audio.ts";
import { mixOfSources } from "../explain/mix-of-sources.ts";
import { createSeparatedCache } from "../explain/separated-cache.ts";
import { InputError } from "../input-error.ts";
import {
  type ModelPackage,
  modelPackageFromBytes,
  readModelPackage,
} from "../model/model-package.ts";
import { createScorer } from "../model/scorer.ts";
import { scoreAudio } from "../recommend/score-audio.ts";
import { loadStems } from "../separate/load-stems.ts";
import { measureSeparation } from "../separate/separation-quality.ts";
import {
  isSeparatorName,
  SEPARATORS,
  type SeparatorName,
  separate as takeApart,
} from "../separate/separator.ts";
import { stemsOf } from "../separate/stems.ts";
import type {
  ComputeKind,
  ComputeSetup,
  ComputeTasks,
  ModelSource,
  SoundBytes,
} from "./compute-messages.ts";
import { type InputSubject, ServiceError } from "./failure.ts";

/** Equal stretches that a track's waveform is drawn with. */
const WAVEFORM_PEAKS = 300;

/** Checked models kept ready: as many as one request to score may name. */
const MODELS_KEPT = 256;

/** What a task hears and says while it runs. */
export interface TaskContext {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onRelevance: (relevance: number) => void;
}

export type PerformTask = <Kind extends ComputeKind>(
  task: Kind,
  input: ComputeTasks[Kind]["input"],
  context: TaskContext,
) => Promise<{ output: ComputeTasks[Kind]["output"]; transfer: ArrayBuffer[] }>;

type Performers = {
  [Kind in ComputeKind]: (
    input: ComputeTasks[Kind]["input"],
    context: TaskContext,
  ) => Promise<{ output: ComputeTasks[Kind]["output"]; transfer: ArrayBuffer[] }>;
};

/**
 * What the compute thread does: decoding, separation, spectrograms, forward passes, encoding.
 * Sessions, models and separated sources are kept from one task to the next.
 */
export function createComputeTasks(setup: ComputeSetup): PerformTask {
  const scorer = createScorer(setup);
  const separatedCache = createSeparatedCache();
  const modelOf = createModelCache();

  const performers: Performers = {
    async score({ models, sound }, { onProgress, signal }) {
      const packages = await Promise.all(models.map(modelOf));
      const decoded = await decodeSound(sound, onProgress);
      const mix =
        decoded.mix ??
        mixOfSources((await about("stems", () => stemsOf(null, decoded.stems!))).stems);
      signal.throwIfAborted();
      const { scores, forwards } = await about("request", () =>
        scoreAudio({ mix, models: packages, scorer }),
      );
      const output = {
        scores: scores.map((score, index) => {
          const { version } = packages[index]!.manifest;
          return { ...score, version };
        }),
        forwards,
        peaks: waveformPeaks(mix, WAVEFORM_PEAKS),
        seconds: durationSeconds(mix),
      };
      return { output, transfer: [] };
    },

    async explain(input, { onProgress, onRelevance, signal }) {
      const { audioSha256, separator, question, masks, querySource } = input;
      const model = await modelOf(input.model);
      const { mix, stems } = await decodeSound(input.sound, onProgress);
      signal.throwIfAborted();
      const explained = await about("request", () =>
        explainAudio({
          mix,
          stems,
          separator,
          audioSha256,
          model,
          question,
          masks,
          querySource,
          scorer,
          separatedCache,
          onProgress,
          onRelevance,
          signal,
        }),
      );
      const highlights = explained.highlights.map(({ name, encoded }) => ({
        name,
        bytes: owned(encoded.bytes),
        mimeType: encoded.mimeType,
      }));
      return {
        output: { explanation: explained.explanation, highlights },
        transfer: highlights.map(({ bytes }) => bytes.buffer),
      };
    },

    async separate({ audio, separator }, { onProgress, signal }) {
      const mix = (await decodeSound({ audio, stems: null }, onProgress)).mix!;
      signal.throwIfAborted();
      onProgress({ phase: "separating", done: 0, total: 1 });
      const separated = await about("audio", () => takeApart(mix, ownSeparator(separator)));
      onProgress({ phase: "separating", done: 1, total: 1 });
      const sources = separated.sources.map((name, index) => ({
        name,
        bytes: owned(encodeWavFloat32(separated.stems[index]!)),
      }));
      return {
        output: {
          sources,
          version: separated.version,
          sampleRate: mix.sampleRate,
          seconds: durationSeconds(mix),
          residual: separated.residual,
        },
        transfer: sources.map(({ bytes }) => bytes.buffer),
      };
    },

    async "measure-separation"({ catalogue, separator }) {
      const output = await about("request", () =>
        measureSeparation(catalogue, ownSeparator(separator)),
      );
      return { output, transfer: [] };
    },
  };

  return (task, input, context) => performers[task](input, context);
}

/** The models of earlier tasks, so that each is checked and split once. */
function createModelCache(): (model: ModelSource) => Promise<ModelPackage> {
  const kept = new Map<string, ModelPackage>();
  return async (source) => {
    const isPath = typeof source === "string";
    const key = isPath ? source : `${source.manifest.id} ${source.manifest.version}`;
    const model =
      kept.get(key) ??
      (await about("model", () =>
        isPath
          ? readModelPackage(source)
          : modelPackageFromBytes(unshared(source.onnx), source.manifest),
      ));
    kept.delete(key);
    kept.set(key, model);
    if (kept.size > MODELS_KEPT) kept.delete(kept.keys().next().value!);
    return model;
  };
}

interface DecodedSound {
  mix: Audio | null;
  stems: Map<SourceName, Audio> | null;
}

async function decodeSound(
  { audio, stems }: SoundBytes,
  onProgress: TaskContext["onProgress"],
): Promise<DecodedSound> {
  const files = (audio ? 1 : 0) + (stems === null ? 0 : typeof stems === "string" ? 1 : stems.size);
  let done = 0;
  const report = () => onProgress({ phase: "decoding", done: done++, total: files });
  report();
  const decoded: DecodedSound = { mix: null, stems: null };
  if (audio) {
    decoded.mix = await about("audio", () => decodeAudio(unshared(audio)));
    report();
  }
  if (typeof stems === "string") {
    decoded.stems = await about("stems", () => loadStems(stems));
    report();
  } else if (stems) {
    decoded.stems = new Map();
    for (const [source, bytes] of stems) {
      decoded.stems.set(source, await about("stems", () => decodeStem(source, bytes)));
      report();
    }
  }
  return decoded;
}

async function decodeStem(source: SourceName, bytes: Uint8Array): Promise<Audio> {
  try {
    return await decodeAudio(unshared(bytes));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source}: ${error.message}`);
    throw error;
  }
}

/** The user's own stems cannot be made from a mix. */
function ownSeparator(name: string): SeparatorName {
  if (isSeparatorName(name)) return name;
  const choice = Object.keys(SEPARATORS).join(", ");
  throw new InputError(
    `The separator "${name}" does not take a mix apart. Choose one of: ${choice}.`,
  );
}

/** Says what an InputError is about. */
async function about<T>(subject: InputSubject, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const failure = { kind: "input-unusable" as const, subject, reason: error.message };
    throw new ServiceError(failure, { cause: error });
  }
}

/** Decoders and onnxruntime want memory of their own, not memory shared between threads. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Bytes with a buffer of exactly their own, which can be handed to another thread. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
