import { Double } from "mongodb";
import type { RunDescription, RunEnd } from "./run-observer.ts";

/** Sacred 0.8's name of its schema. */
const FORMAT = "MongoObserver-0.7.0";

/** Returns the document of a starting run in Sacred's collection `runs`. */
export function startedRun({ experimentName, config, environment, startTime }: RunDescription) {
  const { hostname, os, cpu, node, lemons, onnxruntime, commit } = environment;
  const [system = os] = os.split(" ");
  return {
    experiment: {
      name: experimentName,
      base_dir: process.cwd(),
      mainfile: "gpu-worker/cli.ts",
      sources: [],
      dependencies: [`lemons==${lemons}`, `node==${node}`, `onnxruntime-node==${onnxruntime}`],
      repositories:
        commit === null
          ? []
          : [{ url: null, commit: commit.replace("+", ""), dirty: commit.endsWith("+") }],
    },
    format: FORMAT,
    command: "train",
    host: { hostname, os: [system, os], cpu, node_version: node, ENV: {} },
    start_time: startTime,
    config: numbersAsDoubles(config),
    meta: { command: "train", named_configs: [], options: { argv: environment.command } },
    status: "RUNNING",
    resources: [],
    artifacts: [],
    captured_out: "",
    info: {},
    heartbeat: null,
    result: null,
  };
}

/** Returns the fields that change when a run ends. */
export function endedRun(end: RunEnd, time: Date) {
  const { status } = end;
  return {
    status,
    stop_time: time,
    heartbeat: time,
    ...(status === "COMPLETED"
      ? { result: end.result === null ? null : new Double(end.result) }
      : {}),
    ...(status === "FAILED"
      ? { fail_trace: (end.error.stack ?? end.error.message).split("\n") }
      : {}),
  };
}

/** Marks fractional options as BSON doubles: BSON distinguishes 1 from 1.0, JavaScript doesn't. */
function numbersAsDoubles(value: unknown, key = ""): unknown {
  if (typeof value === "number") {
    return FRACTIONS.has(key) || !Number.isInteger(value) ? new Double(value) : value;
  }
  if (Array.isArray(value)) return value.map((each) => numbersAsDoubles(each, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, numbersAsDoubles(each, name)]),
  );
}

/** Options that are fractions even if their value is an integer. */
const FRACTIONS = new Set([
  "lr",
  "wd",
  "dropout",
  "silence",
  "labelSmoothing",
  "gainDb",
  "noiseDb",
  "mixup",
  "positiveWeight",
]);
