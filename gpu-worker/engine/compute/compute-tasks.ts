import type { Progress } from "@lemons/shared/contract/job";
import type { MixSeparatorName } from "@lemons/shared/contract/separator";
import {
  decodeUnfoldedTable,
  encodeTable,
  TableFormatError,
} from "@lemons/shared/what-if/table-format";
import { faithfulnessFold } from "../../research/experiment/faithfulness/faithfulness-fold.ts";
import { trackStability } from "../../research/experiment/track-stability.ts";
import { measureSeparation } from "../../research/separation/separation-quality.ts";
import { type Audio, durationSeconds } from "../audio/audio.ts";
import { encodeWavFloat32 } from "../audio/encode-wav.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { waveformPeaks } from "../audio/peaks.ts";
import { createExactEngine } from "../explain/exact-engine.ts";
import { explainAudio } from "../explain/explain-audio.ts";
import { mixOfSources } from "../explain/mix-of-sources.ts";
import { renderAudio } from "../explain/render-audio.ts";
import { renderStems } from "../explain/render-stems.ts";
import { createSeparatedCache } from "../explain/separated-cache.ts";
import { tableOfAudio } from "../explain/table-of-audio.ts";
import type { StoredTrackTable } from "../explain/track-table.ts";
import { InputError } from "../input-error.ts";
import { inspectModel } from "../model/inspect-model.ts";
import { createScorer } from "../model/scorer.ts";
import { featuresOfAudio, featuresOfSilence } from "../recommend/features-of-audio.ts";
import { scoreAudio } from "../recommend/score-audio.ts";
import { isMixSeparator, SEPARATOR_CHOICE, separate as takeApart } from "../separate/registry.ts";
import { stemsOf } from "../separate/stems.ts";
import { about } from "./blame-input.ts";
import type {
  ComputeKind,
  ComputeSetup,
  ComputeTasks,
  EncodedHighlight,
  SoundBytes,
  StoredTable,
} from "./compute-messages.ts";
import { decodeSound } from "./decode-sound.ts";
import { createModelCache } from "./model-cache.ts";

/** Equal stretches that a track's waveform is drawn with. */
const WAVEFORM_PEAKS = 300;

/** Encoders whose answer to silence is remembered. */
const SILENCES_KEPT = 64;

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
  const { provider, threads, cacheFolder, cacheMs: lifetimeMs } = setup;
  const folder = cacheFolder ?? undefined;
  const exact = createExactEngine({ provider, threads, folder, lifetimeMs });
  const separatedCache = createSeparatedCache({ lifetimeMs });
  const { modelOf, encoderOf } = createModelCache();
  /** Features of silence by encoder version. */
  const ofSilence = new Map<string, Float32Array>();

  const performers: Performers = {
    async features({ encoder, sound }, { onProgress, signal }) {
      const model = await encoderOf(encoder);
      const mix = await mixOf(sound, onProgress);
      signal.throwIfAborted();
      const answer = await about("request", () => featuresOfAudio(mix, model, scorer));
      const features = new Float32Array(answer);
      const output = { features, peaks: waveformPeaks(mix, WAVEFORM_PEAKS) };
      return { output, transfer: [features.buffer] };
    },

    async inspect(input) {
      const model = await encoderOf(input.model);
      const inspected = await about("model", () => inspectModel(model, scorer));
      const isWhole = "manifest" in input.model;
      const encoder = isWhole && model.encoder ? owned(model.encoder.onnx.slice()) : null;
      return { output: { ...inspected, encoder }, transfer: encoder ? [encoder.buffer] : [] };
    },

    async silence({ encoder }) {
      const model = await encoderOf(encoder);
      const { version } = encoder;
      const features =
        ofSilence.get(version) ?? (await about("model", () => featuresOfSilence(model, scorer)));
      ofSilence.delete(version);
      ofSilence.set(version, features);
      if (ofSilence.size > SILENCES_KEPT) ofSilence.delete(ofSilence.keys().next().value!);
      return { output: { features }, transfer: [] };
    },

    async score({ models, sound }, { onProgress, signal }) {
      const packages = await Promise.all(models.map(modelOf));
      const mix = await mixOf(sound, onProgress);
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

    async probe({ sound }, { onProgress }) {
      const { mix, stems } = await decodeSound(sound, onProgress);
      const audio = mix ?? mixOfSources((await about("stems", () => stemsOf(null, stems!))).stems);
      const output = {
        sampleRate: audio.sampleRate,
        channels: audio.channels.length,
        seconds: durationSeconds(audio),
        peaks: waveformPeaks(audio, WAVEFORM_PEAKS),
      };
      return { output, transfer: [] };
    },

    async explain(input, { onProgress, onRelevance, signal }) {
      const { audioSha256, separator, question, masks, querySource, render } = input;
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
          render,
          storedTable: input.table ? readStoredTable(input.table) : null,
          scorer,
          exact,
          separatedCache,
          onProgress,
          onRelevance,
          signal,
        }),
      );
      const highlights = explained.highlights.map(({ name, encoded }) => handedOver(name, encoded));
      const table = explained.table && encodeTable(explained.table);
      const bytes = [...highlights.map((each) => each.bytes), ...(table ? [table] : [])];
      return {
        output: { explanation: explained.explanation, highlights, table },
        transfer: bytes.map(({ buffer }) => buffer),
      };
    },

    async table(input, { onProgress, signal }) {
      const model = await encoderOf(input.model);
      const { mix, stems } = await decodeSound(input.sound, onProgress);
      const { audioSha256, separator, segments } = input;
      const asked = { mix, stems, separator, audioSha256, model, segments };
      const output = await about("request", () =>
        tableOfAudio({ ...asked, exact, separatedCache, onProgress, signal }),
      );
      return { output, transfer: output.applies ? [output.bytes.buffer] : [] };
    },

    async render(input, { onProgress, signal }) {
      const { mix, stems } = await decodeSound(input.sound, onProgress);
      const { audioSha256, separator, type, components } = input;
      const asked = { mix, stems, separator, audioSha256, type, components };
      const rendered = await about("request", () =>
        renderAudio({ ...asked, separatedCache, onProgress, signal }),
      );
      const encoded = rendered.flatMap(({ highlight: { name }, encoded }) =>
        encoded ? [handedOver(name, encoded)] : [],
      );
      return {
        output: { highlights: rendered.map(({ highlight }) => highlight), encoded },
        transfer: encoded.map(({ bytes }) => bytes.buffer),
      };
    },

    async stems(input, { onProgress, signal }) {
      const { mix, stems } = await decodeSound(input.sound, onProgress);
      const { audioSha256, separator, sources } = input;
      const asked = { mix, stems, separator, audioSha256, sources };
      const rendered = await about("request", () =>
        renderStems({ ...asked, separatedCache, onProgress, signal }),
      );
      const output = rendered.map(({ source: name, encoded }) => {
        const { mimeType, sampleRate, channels, samples } = encoded;
        return { name, bytes: owned(encoded.bytes), mimeType, sampleRate, channels, samples };
      });
      return { output, transfer: output.map(({ bytes }) => bytes.buffer) };
    },

    async separate({ audio, separator }, { onProgress, signal }) {
      const mix = (await decodeSound({ audio, stems: null }, onProgress)).mix!;
      signal.throwIfAborted();
      onProgress({ phase: "separating", done: 0, total: 1 });
      const separated = await about("audio", () =>
        takeApart(mix, requireMixSeparator(separator), { signal }),
      );
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

    async stability(input, { onProgress, signal }) {
      const { audioSha256, separator, settings, seeds } = input;
      const models = await Promise.all(input.models.map(modelOf));
      const { mix, stems } = await decodeSound(input.sound, onProgress);
      const asked = { mix, stems, separator, audioSha256, models, settings, seeds };
      const output = await about("request", () =>
        trackStability({ ...asked, scorer, exact, separatedCache, onProgress, signal }),
      );
      return { output, transfer: [] };
    },

    async faithfulness(input, { onProgress, signal }) {
      // Tables of planted networks are of no use to anybody else: they get no folder.
      const engine = createExactEngine({ provider, threads });
      const context = { scorer, exact: engine, provider, threads, onProgress, signal };
      try {
        const output = await about("request", () => faithfulnessFold(input, context));
        return { output, transfer: [] };
      } finally {
        await engine.dispose();
      }
    },

    async "measure-separation"({ catalogue, separator }) {
      const output = await about("request", () =>
        measureSeparation(catalogue, requireMixSeparator(separator)),
      );
      return { output, transfer: [] };
    },
  };

  return (task, input, context) => performers[task](input, context);
}

/** The whole track: its file, or the sum of its stems. */
async function mixOf(sound: SoundBytes, onProgress: (progress: Progress) => void): Promise<Audio> {
  const { mix, stems } = await decodeSound(sound, onProgress);
  return mix ?? mixOfSources((await about("stems", () => stemsOf(null, stems!))).stems);
}

/** A table of the store, or null where it is damaged: it is then built again. */
function readStoredTable({ record, bytes }: StoredTable): StoredTrackTable | null {
  const { encoderVersion, separation, engine } = record;
  try {
    return {
      encoderVersion,
      table: decodeUnfoldedTable(bytes),
      sources: separation.sources,
      engine,
    };
  } catch (error) {
    if (error instanceof TableFormatError) return null;
    throw error;
  }
}

/** @throws InputError for `stems`, which can't be made from a mix */
function requireMixSeparator(name: string): MixSeparatorName {
  if (isMixSeparator(name)) return name;
  throw new InputError(
    `The separator "${name}" can't separate a mix. Use one of: ${SEPARATOR_CHOICE}.`,
  );
}

function handedOver(name: EncodedHighlight["name"], encoded: EncodedAudio): EncodedHighlight {
  return { name, bytes: owned(encoded.bytes), mimeType: encoded.mimeType };
}

/** Bytes with a buffer of exactly their own, which can be handed to another thread. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
