import type { Progress } from "@lemons/shared/contract/job";
import type { MixSeparatorName } from "@lemons/shared/contract/separator";
import {
  decodeUnfoldedTable,
  encodeTable,
  TableFormatError,
} from "@lemons/shared/what-if/table-format";
import { type Audio, durationSeconds } from "../audio/audio.ts";
import { audioWarnings } from "../audio/decode.ts";
import { encodeWavFloat32 } from "../audio/encode-wav.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { waveformPeaks } from "../audio/peaks.ts";
import { createExactEngine, type ExactEngine } from "../explain/exact-engine.ts";
import { explainAudio } from "../explain/explain-audio.ts";
import { renderAudio, renderStems } from "../explain/render.ts";
import { createSeparatedCache, type SeparatedCache } from "../explain/separated-cache.ts";
import { mixOfSources } from "../explain/snippet-sources.ts";
import type { StoredTrackTable } from "../explain/table-cache.ts";
import { tableOfAudio } from "../explain/table-of-audio.ts";
import { attributeInputErrors, InputError } from "../input-error.ts";
import { checkHeard } from "../model/model-waveform.ts";
import { createScorer, type Scorer } from "../model/scorer.ts";
import { inspectModel } from "../recommend/inspect-model.ts";
import { featuresOfAudio, featuresOfSilence, scoreAudio } from "../recommend/score-audio.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { isMixSeparator, SEPARATOR_CHOICE, separate as takeApart } from "../separate/registry.ts";
import { stemsOf } from "../separate/stems.ts";
import { type DecodedSound, decodeSound, type ReadStems } from "./decode-sound.ts";
import type {
  EncodedHighlight,
  EngineTasks,
  SoundBytes,
  StoredTable,
  TaskTable,
} from "./messages.ts";
import {
  createLoadingCache,
  createModelCache,
  type ModelCache,
  type ReadModel,
} from "./model-cache.ts";

/** Number of peaks of a track's drawn waveform. */
const WAVEFORM_PEAKS = 300;

/** Encoders whose features of silence are kept. */
const SILENCES_KEPT = 64;

/** The state that tasks share: sessions, models and separated sources are kept between tasks. */
export interface ComputeTools extends ModelCache {
  runtime: Runtime;
  scorer: Scorer;
  exact: ExactEngine;
  separatedCache: SeparatedCache;
  /** @throws UnusableInputError attributed to the audio or the stems */
  decode(sound: SoundBytes, onProgress: (progress: Progress) => void): Promise<DecodedSound>;
}

export interface ComputeToolsOptions {
  runtime: Runtime;
  readModel: ReadModel;
  readStems: ReadStems;
  /** Milliseconds that separated sources and tables are kept; without limit by default. */
  lifetimeMs?: number | undefined;
}

/** Creates the shared state of a compute thread. */
export function createComputeTools(options: ComputeToolsOptions): ComputeTools {
  const { runtime, readModel, readStems, lifetimeMs } = options;
  return {
    runtime,
    scorer: createScorer({ runtime }),
    exact: createExactEngine({ runtime, lifetimeMs }),
    separatedCache: createSeparatedCache({ lifetimeMs }),
    ...createModelCache(readModel),
    decode: (sound, onProgress) => decodeSound(sound, readStems, onProgress),
  };
}

/** Creates the engine's tasks: decoding, separation, spectrograms, forward passes, encoding. */
export function createEngineTasks(tools: ComputeTools): TaskTable<EngineTasks> {
  const { runtime, scorer, exact, separatedCache, modelOf, encoderOf, decode } = tools;
  const silences = createLoadingCache<Float32Array>(SILENCES_KEPT);

  /** Decodes the whole track: its file, or the sum of its stems. */
  async function decodeMix(
    sound: SoundBytes,
    onProgress: (progress: Progress) => void,
  ): Promise<Audio> {
    const { mix, stems } = await decode(sound, onProgress);
    if (mix) return mix;
    const separated = await attributeInputErrors("stems", () => stemsOf(null, stems!));
    return mixOfSources(separated.stems);
  }

  return {
    async features({ encoder, sound }, { onProgress, signal }) {
      const model = await encoderOf(encoder);
      const mix = await decodeMix(sound, onProgress);
      signal.throwIfAborted();
      const pooled = await attributeInputErrors("request", () =>
        featuresOfAudio(mix, model, scorer),
      );
      const features = new Float32Array(pooled);
      const output = { features, peaks: waveformPeaks(mix, WAVEFORM_PEAKS) };
      return { output, transfer: [features.buffer] };
    },

    async inspect(input) {
      const model = await encoderOf(input.model);
      const inspected = await attributeInputErrors("model", () => inspectModel(model, scorer));
      const isWhole = "manifest" in input.model;
      const encoder = isWhole && model.encoder ? transferable(model.encoder.onnx.slice()) : null;
      return { output: { ...inspected, encoder }, transfer: encoder ? [encoder.buffer] : [] };
    },

    async silence({ encoder }) {
      const model = await encoderOf(encoder);
      const features = await silences(encoder.version, () =>
        attributeInputErrors("model", () => featuresOfSilence(model, scorer)),
      );
      return { output: { features }, transfer: [] };
    },

    async score({ models, sound }, { onProgress, signal }) {
      const packages = await Promise.all(models.map(modelOf));
      const mix = await decodeMix(sound, onProgress);
      signal.throwIfAborted();
      const { scores, forwards } = await attributeInputErrors("request", () =>
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
        warnings: audioWarnings(mix),
      };
      return { output, transfer: [] };
    },

    async probe({ sound }, { onProgress }) {
      const audio = await decodeMix(sound, onProgress);
      await attributeInputErrors("audio", async () => checkHeard(audio));
      const output = {
        sampleRate: audio.sampleRate,
        channels: audio.channels.length,
        seconds: durationSeconds(audio),
        peaks: waveformPeaks(audio, WAVEFORM_PEAKS),
        warnings: audioWarnings(audio),
      };
      return { output, transfer: [] };
    },

    async explain(input, { onProgress, onRelevance, signal }) {
      const { audioSha256, separator, question, masks, querySource, render } = input;
      const model = await modelOf(input.model);
      const { mix, stems } = await decode(input.sound, onProgress);
      signal.throwIfAborted();
      const explained = await attributeInputErrors("request", () =>
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
      const highlights = explained.highlights.map(({ name, encoded }) =>
        encodedHighlight(name, encoded),
      );
      const table = explained.table && encodeTable(explained.table);
      const bytes = [...highlights.map((each) => each.bytes), ...(table ? [table] : [])];
      return {
        output: {
          explanation: explained.explanation,
          highlights,
          table,
          warnings: mix ? audioWarnings(mix) : [],
        },
        transfer: bytes.map(({ buffer }) => buffer),
      };
    },

    async table(input, { onProgress, signal }) {
      const model = await encoderOf(input.model);
      const { mix, stems } = await decode(input.sound, onProgress);
      const { audioSha256, separator, segments } = input;
      const track = { mix, stems, separator, audioSha256, model, segments };
      const output = await attributeInputErrors("request", () =>
        tableOfAudio({ ...track, exact, separatedCache, onProgress, signal }),
      );
      return { output, transfer: output.applies ? [output.bytes.buffer] : [] };
    },

    async render(input, { onProgress, signal }) {
      const { mix, stems } = await decode(input.sound, onProgress);
      const { audioSha256, separator, type, components } = input;
      const track = { mix, stems, separator, audioSha256, type, components };
      const rendered = await attributeInputErrors("request", () =>
        renderAudio({ ...track, runtime, separatedCache, onProgress, signal }),
      );
      const encoded = rendered.flatMap(({ highlight: { name }, encoded }) =>
        encoded ? [encodedHighlight(name, encoded)] : [],
      );
      return {
        output: { highlights: rendered.map(({ highlight }) => highlight), encoded },
        transfer: encoded.map(({ bytes }) => bytes.buffer),
      };
    },

    async stems(input, { onProgress, signal }) {
      const { mix, stems } = await decode(input.sound, onProgress);
      const { audioSha256, separator, sources } = input;
      const track = { mix, stems, separator, audioSha256, sources };
      const rendered = await attributeInputErrors("request", () =>
        renderStems({ ...track, runtime, separatedCache, onProgress, signal }),
      );
      const output = rendered.map(({ source: name, encoded }) => {
        const { mimeType, sampleRate, channels, samples } = encoded;
        return {
          name,
          bytes: transferable(encoded.bytes),
          mimeType,
          sampleRate,
          channels,
          samples,
        };
      });
      return { output, transfer: output.map(({ bytes }) => bytes.buffer) };
    },

    async separate({ audio, separator }, { onProgress, signal }) {
      const mix = (await decode({ audio, stems: null }, onProgress)).mix!;
      signal.throwIfAborted();
      onProgress({ phase: "separating", done: 0, total: 1 });
      const separated = await attributeInputErrors("audio", () =>
        takeApart(mix, requireMixSeparator(separator), { runtime, signal }),
      );
      onProgress({ phase: "separating", done: 1, total: 1 });
      const sources = separated.sources.map((name, index) => ({
        name,
        bytes: transferable(encodeWavFloat32(separated.stems[index]!)),
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
  };
}

/** Decodes a stored table. @returns null if it is damaged, so that it is built again */
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
export function requireMixSeparator(name: string): MixSeparatorName {
  if (isMixSeparator(name)) return name;
  throw new InputError(
    `The separator "${name}" can't separate a mix. Use one of: ${SEPARATOR_CHOICE}.`,
  );
}

function encodedHighlight(name: EncodedHighlight["name"], encoded: EncodedAudio): EncodedHighlight {
  return { name, bytes: transferable(encoded.bytes), mimeType: encoded.mimeType };
}

/** Returns bytes with a buffer of their own, which can be transferred to another thread. */
function transferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
