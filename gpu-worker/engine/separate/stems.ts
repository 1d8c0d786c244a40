import { SOURCES, SourceName } from "@lemons/shared/contract/explanation-request";
import { type Audio, sampleCount } from "../audio/audio.ts";
import { resample } from "../audio/resample.ts";
import { InputError } from "../input-error.ts";
import { residualOf, type SeparatedSources } from "./separated-sources.ts";

/** Bumped whenever the same stems would give other samples: it is part of content addresses. */
export const STEMS_VERSION = "1";

/** As many sources as the explanation contract allows. */
export const MAX_STEMS = 8;

/** Above this, what the stems miss of the mix becomes part of `other`. */
export const RESIDUAL_TOLERANCE = 1e-4;

/** How far a stem's length may be off before it counts as a stem of something else: two MP3 frames. */
export const LENGTH_TOLERANCE_SECONDS = 0.053;

/** Known sources in the order of SOURCES, then the user's own names by alphabet, `other` last. */
export function compareSources(a: SourceName, b: SourceName): number {
  return rankOf(a) - rankOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rankOf(source: SourceName): number {
  if (source === "other") return SOURCES.length + 1;
  const known = (SOURCES as readonly string[]).indexOf(source);
  return known === -1 ? SOURCES.length : known;
}

/**
 * The user's own stems as sources of a mix.
 *
 * Stems are brought to the mix's rate, length and channel count: resampled, padded with silence or
 * cut by at most LENGTH_TOLERANCE_SECONDS, mono copied to every channel. Where they miss the mix by
 * more than RESIDUAL_TOLERANCE anywhere, the difference goes to `other` (made where there is none).
 *
 * @param mix null where the mix is the sum of the stems; then the highest rate, the greatest length
 *   and the greatest channel count among the stems hold
 * @param stems at most MAX_STEMS
 * @throws InputError where there is no stem or too many, a name is not a SourceName, a length is too
 *   far off, or channel counts cannot be brought together
 */
export async function stemsOf(
  mix: Audio | null,
  stems: Map<SourceName, Audio>,
): Promise<SeparatedSources> {
  if (stems.size === 0) throw new InputError("There are no stems. Give at least one audio file.");
  if (stems.size > MAX_STEMS) {
    throw new InputError(`There are ${stems.size} stems; at most ${MAX_STEMS} can be told apart.`);
  }
  const sources = [...stems.keys()].sort(compareSources);
  for (const source of sources) {
    const name = SourceName.safeParse(source);
    if (!name.success) {
      throw new InputError(`"${source}" cannot name a source: ${name.error.issues[0]?.message}.`);
    }
  }
  const sampleRate = mix?.sampleRate ?? Math.max(...[...stems.values()].map((s) => s.sampleRate));
  const resampled = new Map<SourceName, Audio>();
  for (const source of sources) {
    const stem = stems.get(source)!;
    const fits = stem.sampleRate === sampleRate;
    resampled.set(source, fits ? stem : resampleAll(stem, sampleRate));
  }
  const all = [...resampled.values()];
  const length = mix ? sampleCount(mix) : Math.max(...all.map(sampleCount));
  const channelCount = mix?.channels.length ?? Math.max(...all.map((s) => s.channels.length));
  if (length === 0) throw new InputError("The stems have no samples.");
  const fitted = sources.map((source) =>
    fit(source, resampled.get(source)!, { sampleRate, length, channelCount }),
  );
  const residual = mix ? residualOf(mix, fitted) : 0;
  const result = { sources, stems: fitted, separator: "stems", version: STEMS_VERSION, residual };
  return mix && residual > RESIDUAL_TOLERANCE ? withResidual(mix, result) : result;
}

function resampleAll(stem: Audio, sampleRate: number): Audio {
  const channels = stem.channels.map((samples) => resample(samples, stem.sampleRate, sampleRate));
  return { sampleRate, channels };
}

interface Shape {
  sampleRate: number;
  length: number;
  channelCount: number;
}

function fit(source: SourceName, stem: Audio, shape: Shape): Audio {
  const { sampleRate, length, channelCount } = shape;
  const difference = sampleCount(stem) - length;
  if (Math.abs(difference) > LENGTH_TOLERANCE_SECONDS * sampleRate) {
    const by = Math.abs(difference / sampleRate).toFixed(3);
    throw new InputError(
      `The stem "${source}" is ${by} s ${difference > 0 ? "longer" : "shorter"} than the mix; ` +
        `up to ${LENGTH_TOLERANCE_SECONDS} s are padded or cut. Export all stems over one range.`,
    );
  }
  if (stem.channels.length !== channelCount && stem.channels.length !== 1) {
    throw new InputError(
      `The stem "${source}" has ${stem.channels.length} channels where the mix has ${channelCount}; ` +
        "only mono stems can be spread over more channels.",
    );
  }
  const channels = Array.from({ length: channelCount }, (_, channel) => {
    const given = stem.channels[stem.channels.length === 1 ? 0 : channel]!;
    if (given.length === length) return given;
    const samples = new Float32Array(length);
    samples.set(given.subarray(0, length));
    return samples;
  });
  return { sampleRate, channels };
}

function withResidual(mix: Audio, separated: SeparatedSources): SeparatedSources {
  const stems = [...separated.stems];
  const sources = [...separated.sources];
  if (!sources.includes("other")) {
    if (sources.length === MAX_STEMS) {
      throw new InputError(
        `The ${MAX_STEMS} stems miss the mix by up to ${separated.residual.toFixed(4)}, and there ` +
          'is no room for a source "other" that takes the rest. Give fewer stems.',
      );
    }
    sources.push("other");
    const silence = mix.channels.map((samples) => new Float32Array(samples.length));
    stems.push({ sampleRate: mix.sampleRate, channels: silence });
  }
  const other = stems.at(-1)!;
  const channels = mix.channels.map((samples, channel) => {
    const parts = stems.map((stem) => stem.channels[channel]!);
    const rest = other.channels[channel]!.slice();
    for (let index = 0; index < samples.length; index++) {
      let sum = 0;
      for (const part of parts) sum += part[index]!;
      rest[index]! += samples[index]! - sum;
    }
    return rest;
  });
  stems[stems.length - 1] = { sampleRate: mix.sampleRate, channels };
  return { ...separated, sources, stems };
}
