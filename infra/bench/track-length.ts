import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAudio } from "@lemons/gpu-worker/engine/audio/decode";
import { encodeMp3 } from "@lemons/gpu-worker/engine/audio/encode-mp3";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import { inRepository } from "../stack/repository.ts";

const TRACK = "gt01-rock-power-chords";
const MODEL = inRepository("demo", "models", "classic-bram");
/** Repetitions of the 30 s track: ten minutes. */
const REPEATS = 20;
const POLL_MS = 20;

/** Cost of `lemons explain` from file to report, in its own process. */
export interface ExplainCommandCost {
  trackSeconds: number;
  seconds: number;
  /** Peak of resident memory; null on systems that don't report it (Linux does). */
  peakMemoryBytes: number | null;
}

/** Explains 30 s and ten minutes by time and source, from files; the model hears the same 30 s. */
export async function benchTrackLength(
  onStep: (message: string) => void,
): Promise<{ trackLength: ExplainCommandCost[] }> {
  const folder = await mkdtemp(join(tmpdir(), "lemons-bench-"));
  try {
    const ogg = await readFile(inRepository("demo", "audio", `${TRACK}.ogg`));
    const { sampleRate, channels } = await decodeAudio(ogg);
    const trackLength: ExplainCommandCost[] = [];
    for (const repeats of [1, REPEATS]) {
      const samples = channels[0]!.length * repeats;
      onStep(`Writing a track of ${Math.round(samples / sampleRate)} s`);
      const repeated = channels.map((channel) =>
        Float32Array.from({ length: samples }, (_, i) => channel[i % channel.length]!),
      );
      const file = join(folder, `${repeats}.mp3`);
      await writeFile(
        file,
        (await encodeMp3({ sampleRate, channels: repeated }, { kbitPerSecond: 128 })).bytes,
      );
      onStep("Explaining it by the command line");
      trackLength.push({ trackSeconds: samples / sampleRate, ...(await explainByCommand(file)) });
    }
    return { trackLength };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Formats the measurement as a table. */
export function formatTrackLength({
  trackLength,
}: {
  trackLength: readonly ExplainCommandCost[];
}): string {
  const rows = trackLength.map(({ trackSeconds, seconds, peakMemoryBytes }) => {
    const memory = peakMemoryBytes === null ? "?" : (peakMemoryBytes / 2 ** 20).toFixed(0);
    return `${trackSeconds.toFixed(0).padStart(12)}${seconds.toFixed(1).padStart(12)}${memory.padStart(20)}`;
  });
  return [
    `lemons explain --type time+source --separator ${DEFAULT_SEPARATOR}, from an mp3 file:`,
    "",
    `${"track, s".padStart(12)}${"seconds".padStart(12)}${"peak memory, MB".padStart(20)}`,
    ...rows,
    "",
  ].join("\n");
}

async function explainByCommand(audio: string): Promise<Omit<ExplainCommandCost, "trackSeconds">> {
  const options = ["--model", MODEL, "--audio", audio, "--type", "time+source"];
  const args = [
    inRepository("gpu-worker", "cli.ts"),
    "explain",
    ...options,
    "--separator",
    DEFAULT_SEPARATOR,
  ];
  const start = performance.now();
  const child = spawn(process.execPath, [...args, "--json"], { stdio: "ignore" });
  let peakMemoryBytes: number | null = null;
  const timer = setInterval(async () => {
    peakMemoryBytes = (await highestMemory(child.pid)) ?? peakMemoryBytes;
  }, POLL_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("exit", resolve);
    });
    if (code !== 0) throw new Error(`lemons explain ended with ${code}`);
  } finally {
    clearInterval(timer);
  }
  return { seconds: (performance.now() - start) / 1000, peakMemoryBytes };
}

/** Reads the kernel's own high-water mark, which misses no peak. */
async function highestMemory(pid: number | undefined): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    // The process has ended, or this is not Linux.
    return null;
  }
}
