import { randomBytes } from "node:crypto";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MetricLine } from "@lemons/shared/contract/training";
import type { RunDescription, RunObserver } from "./run-observer.ts";

export const CONFIG_FILE = "config.json";
export const ENVIRONMENT_FILE = "environment.json";
export const METRICS_FILE = "metrics.jsonl";
export const LOG_FILE = "log.txt";

/** `20261124-190312-5f3a9c`: by time, and different for runs of one second. */
export function runId(time: Date): string {
  const [date, clock] = time.toISOString().split("T");
  const digits = (text: string) => text.replaceAll(/\D/g, "");
  return `${digits(date!)}-${digits(clock!).slice(0, 6)}-${randomBytes(3).toString("hex")}`;
}

/** Makes the folder of a new run, with what is known before it begins. */
export async function createRunFolder(
  folder: string,
  { config, environment }: RunDescription,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONFIG_FILE), json(config));
  await writeFile(join(folder, ENVIRONMENT_FILE), json(environment));
}

/** Keeps `metrics.jsonl` and `log.txt` of a run; a resumed run goes on in them. */
export function recordInFolder(folder: string): RunObserver {
  let metrics = "";
  let log = "";
  const flush = async () => {
    const [lines, text] = [metrics, log];
    metrics = "";
    log = "";
    if (lines) await appendFile(join(folder, METRICS_FILE), lines);
    if (text) await appendFile(join(folder, LOG_FILE), text);
  };
  return {
    scalar(name, value, step, time) {
      const line: MetricLine = { name, value, step, time: time.toISOString() };
      metrics += `${JSON.stringify(line)}\n`;
    },
    line(text) {
      log += `${text}\n`;
    },
    async artifact() {},
    flush,
    async end(end, time) {
      const error = end.status === "FAILED" ? { error: end.error.message } : {};
      const result = end.status === "COMPLETED" ? { result: end.result } : {};
      const status = { status: end.status, stopTime: time.toISOString(), ...result, ...error };
      await writeFile(join(folder, "status.json"), json(status));
      await flush();
    },
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
