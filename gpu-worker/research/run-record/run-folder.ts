import { randomBytes } from "node:crypto";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MetricLine } from "@lemons/shared/contract/training";
import type { RunDescription, RunObserver } from "./run-observer.ts";

export const CONFIG_FILE = "config.json";
export const ENVIRONMENT_FILE = "environment.json";
export const METRICS_FILE = "metrics.jsonl";
export const LOG_FILE = "log.txt";

/** Creates a run id such as `20261124-190312-5f3a9c`: the time, then random digits. */
export function runId(time: Date): string {
  const [date, clock] = time.toISOString().split("T");
  const digits = (text: string) => text.replaceAll(/\D/g, "");
  return `${digits(date!)}-${digits(clock!).slice(0, 6)}-${randomBytes(3).toString("hex")}`;
}

/** Creates the folder of a new run, with its configuration and environment. */
export async function createRunFolder(
  folder: string,
  { config, environment }: RunDescription,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONFIG_FILE), json(config));
  await writeFile(join(folder, ENVIRONMENT_FILE), json(environment));
}

/** Appends to `metrics.jsonl` and `log.txt` of a run, and writes `status.json` at its end. */
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
