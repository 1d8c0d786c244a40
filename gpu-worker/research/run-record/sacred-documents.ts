import { Double } from "mongodb";
import type { RunDescription, RunEnd } from "./run-observer.ts";

/** What Sacred 0.8 calls its schema. */
const FORMAT = "MongoObserver-0.7.0";

/** A run in Sacred's collection `runs`, as it begins. */
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

/** What changes in it as the run ends. */
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

/** BSON tells 1 and 1.0 apart, JavaScript does not: options that are fractions stay fractions. */
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
