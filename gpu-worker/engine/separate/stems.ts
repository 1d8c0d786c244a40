import { SOURCES, SourceName } from "@lemons/shared/contract/explanation-request";
import { SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { type Audio, sampleCount } from "../audio/audio.ts";
import { resample } from "../audio/resample.ts";
import { InputError } from "../input-error.ts";
import { residualOf, type SeparatedSources } from "./separator.ts";

/** Limit of the explanation contract. */
export const MAX_STEMS = 8;

/** A larger difference between mix and stems becomes part of `other`. */
export const RESIDUAL_TOLERANCE = 1e-4;

/** Largest difference in length that is padded or cut: two MP3 frames. */
export const LENGTH_TOLERANCE_SECONDS = 0.053;

/** Orders known sources as in SOURCES, then other names alphabetically, `other` last. */
export function compareSources(a: SourceName, b: SourceName): number {
  return rankOf(a) - rankOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rankOf(source: SourceName): number {
  if (source === "other") return SOURCES.length + 1;
  const known = (SOURCES as readonly string[]).indexOf(source);
  return known === -1 ? SOURCES.length : known;
}

/**
 * Makes the sources of a mix from the owner's own stems.
 *
 * Stems take the mix's rate, length and channel count: they are resampled, padded with silence or
 * cut by at most LENGTH_TOLERANCE_SECONDS, and mono is copied to every channel. If their sum differs
 * from the mix by more than RESIDUAL_TOLERANCE at any sample, `other` takes the difference; it is
 * added if there is none.
 *
 * @param mix null if the mix is the sum of the stems, which then take the highest rate, the greatest
 *   length and the greatest channel count among them
 * @param stems at most MAX_STEMS
 * @throws InputError if there are no stems or too many, a name isn't a SourceName, a length differs
 *   too much, or the channel counts don't match
 */
export async function stemsOf(
  mix: Audio | null,
  stems: Map<SourceName, Audio>,
): Promise<SeparatedSources> {
  if (stems.size === 0) throw new InputError("There are no stems. Give at least one audio file.");
  if (stems.size > MAX_STEMS) {
    throw new InputError(`There are ${stems.size} stems; the limit is ${MAX_STEMS}.`);
  }
  const sources = [...stems.keys()].sort(compareSources);
  for (const source of sources) {
    const name = SourceName.safeParse(source);
    if (!name.success) {
      throw new InputError(`Invalid source name "${source}": ${name.error.issues[0]?.message}.`);
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
  if (length === 0) throw new InputError("The stems have no samples. Use other files.");
  const fitted = sources.map((source) =>
    fitToShape(source, resampled.get(source)!, { sampleRate, length, channelCount }),
  );
  const residual = mix ? residualOf(mix, fitted) : 0;
  const result: SeparatedSources = {
    sources,
    stems: fitted,
    separator: "stems",
    version: SEPARATOR_VERSIONS.stems,
    residual,
  };
  return mix && residual > RESIDUAL_TOLERANCE ? withResidualInOther(mix, result) : result;
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

function fitToShape(source: SourceName, stem: Audio, shape: Shape): Audio {
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
      `The stem "${source}" has ${stem.channels.length} channels, the mix has ${channelCount}. ` +
        "Export it in mono or with the mix's channels.",
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

function withResidualInOther(mix: Audio, separated: SeparatedSources): SeparatedSources {
  const stems = [...separated.stems];
  const sources = [...separated.sources];
  if (!sources.includes("other")) {
    if (sources.length === MAX_STEMS) {
      throw new InputError(
        `The ${MAX_STEMS} stems differ from the mix by up to ${separated.residual.toFixed(4)}, ` +
          'and there is no room for the source "other" that takes the rest. Give fewer stems.',
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
