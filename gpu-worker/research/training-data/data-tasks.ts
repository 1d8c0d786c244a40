import { closeSync, openSync, readSync } from "node:fs";
import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import type { LogMel } from "../../engine/spectrogram/front-end.ts";
import { createFrontEnd } from "../../engine/spectrogram/registry.ts";
import type { SoundLocation } from "../evaluate/evaluate-catalogue.ts";
import { type DecodedTrack, decodeTrack } from "./decoded-track.ts";
import type { BatchPlan } from "./plan-epoch.ts";
import { type CropSource, renderExample } from "./render-example.ts";

const BYTES_PER_SAMPLE = 4;

/** Settings of every data thread. */
export interface DataSetup {
  frontEnd: FrontEnd;
  /** Folder of decoded tracks. */
  cache: string;
}

/** A task of a data thread. */
export type DataTask =
  | { kind: "decode"; sound: SoundLocation }
  /** Makes the log-mel spectrograms of a step's examples; `place.track` indexes `tracks`. */
  | { kind: "batch"; tracks: readonly DecodedTrack[]; plan: BatchPlan; inputLength: number }
  /** Makes the log-mel spectrogram of a track's centre 30 s, as it is scored. */
  | { kind: "snippet"; track: DecodedTrack };

export interface DataResults {
  decode: DecodedTrack;
  /** [examples, bands, frames]. */
  batch: { data: Float32Array; bands: number; frames: number };
  snippet: LogMel;
}

/** Creates a function that performs tasks in the current thread. */
export function createDataTasks({ frontEnd, cache }: DataSetup) {
  const logMelOf = createFrontEnd(
    frontEnd,
    createNodeRuntime({ provider: "cpu", threads: 1 }),
  ).transform;

  async function perform(task: DataTask): Promise<DataResults[DataTask["kind"]]> {
    switch (task.kind) {
      case "decode":
        return decodeTrack(task.sound, frontEnd, cache);
      case "batch":
        return batch(task.tracks, task.plan, task.inputLength);
      case "snippet": {
        const { file, samples } = task.track;
        const count = Math.min(samples, SNIPPET_SECONDS * frontEnd.sampleRate);
        return logMelOf(readSamples(file, Math.floor((samples - count) / 2), count));
      }
    }
  }

  function batch(tracks: readonly DecodedTrack[], plan: BatchPlan, inputLength: number) {
    const source: CropSource = {
      samples: (track) => tracks[track]!.samples,
      read: (track, start, count) => readSamples(tracks[track]!.file, start, count),
    };
    const spectrograms = plan.map((example) =>
      logMelOf(renderExample(example, inputLength, source)),
    );
    const { bands, frames } = spectrograms[0]!;
    const data = new Float32Array(plan.length * bands * frames);
    for (const [index, spectrogram] of spectrograms.entries()) {
      data.set(spectrogram.data, index * bands * frames);
    }
    return { data, bands, frames };
  }

  return perform;
}

function readSamples(file: string, start: number, count: number): Float32Array {
  const samples = new Float32Array(count);
  const bytes = new Uint8Array(samples.buffer);
  const handle = openSync(file, "r");
  try {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(
        handle,
        bytes,
        done,
        bytes.length - done,
        start * BYTES_PER_SAMPLE + done,
      );
      if (read === 0) throw new Error(`${file} was truncated during the training`);
      done += read;
    }
  } finally {
    closeSync(handle);
  }
  return samples;
}
