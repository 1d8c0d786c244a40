import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordForSacred } from "@lemons/research/run-record/record-for-sacred";
import { writeTinyCatalogue } from "@lemons/research/training-run/training-fixture";
import { type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../stack/port.ts";
import { inRepository } from "../stack/repository.ts";
import { runTool } from "../stack/run-tool.ts";
import { type Child, runPython, startPython, stop, untilReady } from "./child.ts";
import { RUN } from "./run-fixture.ts";

const SACRED_RUN = fileURLToPath(new URL("./sacred-run.py", import.meta.url));
const SERVER = "from secantus.cli import main; main()";
const TIME = new Date("2026-11-24T19:00:01.500Z");

let folder: string;
let server: Child | undefined;
let client: MongoClient;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-sacred-"));
  const port = await freePort();
  url = `mongodb://127.0.0.1:${port}`;
  const options = ["--host", "127.0.0.1", "--port", `${port}`, "--storage-path", ":memory:"];
  const child = startPython(["-c", SERVER, ...options], folder);
  server = child;
  client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  await untilReady(child, () =>
    client.connect().then(
      () => true,
      () => false,
    ),
  );
});
beforeEach(() => database().dropDatabase());
afterAll(async () => {
  await client.close();
  if (server) await stop(server);
  await rm(folder, { recursive: true });
});

const database = () => client.db("LEMONS");
const start = (warn = (_: string) => {}) =>
  recordForSacred({ url, database: "LEMONS", run: RUN, warn });

/** Fields of a document and their BSON types, without the contents of arrays and options. */
function shapeOf(document: Document, opaque: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => {
      if (value === null) return [key, "null"];
      if (Array.isArray(value)) return [key, "array"];
      const type = value.constructor.name;
      return [key, type === "Object" && !opaque.includes(key) ? shapeOf(value, opaque) : type];
    }),
  );
}

interface Run extends Document {
  _id: number;
}

const OPAQUE = ["config", "options", "ENV"];

describe("lemons train --observer", () => {
  it("writes its run, with the model as artifacts", async () => {
    await writeTinyCatalogue(join(folder, "music"));
    await runTool(inRepository("gpu-worker", "cli.ts"), [
      ...["train", "--catalogue", join(folder, "music"), "--listener", "tones"],
      ...["--out", join(folder, "model"), "--runs", join(folder, "runs"), "--n-epochs", "2"],
      ...["--channels", "4,4", "--batch-size", "8", "--best-by", "loss", "--log-step", "1"],
      ...["--observer", url, "--mongodb-db-name", "trained", "--experiment-name", "tones"],
    ]);
    const db = client.db("trained");
    const run = await db.collection<Run>("runs").findOne({ _id: 1 });
    expect(run).toMatchObject({
      status: "COMPLETED",
      command: "train",
      experiment: { name: "tones" },
      config: { listeners: ["tones"], batchSize: 8, epochs: 2 },
      artifacts: [{ name: "model.onnx" }, { name: "model.json" }],
    });
    expect(run!.captured_out).toMatch(/^before training .*\nepoch 1\/2 .*\nepoch 2\/2 /);
    const metrics = await db.collection("metrics").find({ run_id: 1 }).toArray();
    const steps = Object.fromEntries(metrics.map(({ name, steps }) => [name, steps]));
    expect(steps).toMatchObject({
      "train.loss": [1, 2, 3, 4, 5, 6],
      "train.avg_loss": [1, 2],
      "val.avg_loss": [0, 1, 2],
    });
  });
});

describe("the record for Sacred", () => {
  it("has the fields and types that Sacred itself writes", async () => {
    await runPython([SACRED_RUN, url], folder);
    const record = await start();
    expect(record.id).toBe(2);
    for (let step = 0; step < 3; step++) {
      record.scalar("train.loss", 0.5 / (step + 1), step, TIME);
      record.scalar("val.roc_auc", 0.75, step, TIME);
    }
    record.line("epoch 1");
    await record.flush();
    await writeFile(join(folder, "model.json"), "{}");
    await record.artifact("model.json", join(folder, "model.json"));
    await record.end({ status: "COMPLETED", result: 0.25 }, TIME);

    // Numbers as BSON has them: 20 and 20.0 are of different types.
    const typed = { promoteValues: false };
    const runs = database().collection<Run>("runs");
    const [theirs, ours] = await runs.find({}, typed).sort({ _id: 1 }).toArray();
    const expected = shapeOf(theirs!, OPAQUE);
    const host = expected.host as Record<string, unknown>;
    const { python_version: language, ...rest } = host;
    expect(shapeOf(ours!, OPAQUE)).toEqual({
      ...expected,
      host: { ...rest, node_version: language },
    });

    const metrics = database().collection("metrics");
    const [loss, lossOfOurs] = await metrics
      .find({ name: "train.loss" }, typed)
      .sort({ run_id: 1 })
      .toArray();
    expect(shapeOf(lossOfOurs!, [])).toEqual(shapeOf(loss!, []));
    for (const key of ["steps", "values", "timestamps"]) {
      const types = (document: Document) =>
        document[key].map((each: object) => each.constructor.name);
      expect(types(lossOfOurs!)).toEqual(types(loss!));
    }
    const files = await database().collection("fs.files").find().toArray();
    const artifacts = files.filter(({ filename }) => filename.endsWith("/model.json"));
    expect(artifacts.map(({ filename, length }) => [filename, length])).toEqual([
      ["artifact://runs/1/model.json", 2],
      ["artifact://runs/2/model.json", 2],
    ]);
  });

  it("holds the run's results", async () => {
    const record = await start();
    record.scalar("train.loss", 0.5, 1, TIME);
    await record.flush();
    record.scalar("train.loss", 0.25, 2, TIME);
    record.line("stopping");
    await record.end({ status: "INTERRUPTED" }, TIME);
    const run = await database().collection<Run>("runs").findOne({ _id: record.id });
    expect(run).toMatchObject({
      status: "INTERRUPTED",
      stop_time: TIME,
      start_time: RUN.startTime,
      captured_out: "stopping\n",
      result: null,
      config: { batchSize: 20, listeners: ["ilse"] },
      experiment: { name: "LEMONS", repositories: [{ commit: "0123456789abcdef", dirty: true }] },
    });
    const [metric] = await database().collection("metrics").find({ run_id: record.id }).toArray();
    expect(metric).toMatchObject({ steps: [1, 2], values: [0.5, 0.25], timestamps: [TIME, TIME] });
    expect(run!.info.metrics).toEqual([{ name: "train.loss", id: metric!._id.toHexString() }]);
  });

  it("holds the reason of a failed run", async () => {
    const record = await start();
    await record.end({ status: "FAILED", error: new Error("out of memory") }, TIME);
    const run = await database().collection<Run>("runs").findOne({ _id: record.id });
    expect(run!.status).toBe("FAILED");
    expect(run!.fail_trace[0]).toBe("Error: out of memory");
  });

  it("gives two runs that start at once different numbers", async () => {
    const records = await Promise.all([start(), start(), start()]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
    for (const record of records) await record.end({ status: "INTERRUPTED" }, TIME);
  });

  it("fails at once if there is no database", async () => {
    const nowhere = `mongodb://127.0.0.1:${await freePort()}/?serverSelectionTimeoutMS=300`;
    const record = recordForSacred({ url: nowhere, database: "LEMONS", run: RUN, warn: () => {} });
    await expect(record).rejects.toThrow(/observer's database cannot be reached/);
  });
});
