import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordForTensorboard } from "@lemons/research/run-record/record-for-tensorboard";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../stack/port.ts";
import { type Child, startPython, stop, untilReady } from "./child.ts";
import { RUN } from "./run-fixture.ts";

const TIME = new Date("2026-11-24T19:00:01.500Z");

let folder: string;
let tensorboard: Child | undefined;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-tensorboard-"));
  const record = await recordForTensorboard(folder, RUN.startTime);
  for (let step = 0; step <= 300; step++) record.scalar("train.loss", 1 / (step + 1), step, TIME);
  await record.flush();
  record.scalar("val.roc_auc", 0.75, 1, TIME);
  await record.end({ status: "COMPLETED", result: 0.75 }, TIME);

  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  const parameters = ["--logdir", folder, "--host", "127.0.0.1", "--port", `${port}`];
  const child = startPython(["-m", "tensorboard.main", ...parameters], folder);
  tensorboard = child;
  await untilReady(child, async () => {
    const tags = await fetch(`${origin}/data/plugin/scalars/tags`).catch(() => null);
    return tags?.ok === true && (await tags.text()).includes("val.roc_auc");
  });
});
afterAll(async () => {
  if (tensorboard) await stop(tensorboard);
  await rm(folder, { recursive: true });
});

async function scalars(tag: string): Promise<[time: number, step: number, value: number][]> {
  const answer = await fetch(`${origin}/data/plugin/scalars/scalars?run=.&tag=${tag}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as [number, number, number][];
}

describe("the real TensorBoard", () => {
  it("shows every scalar of a run, with its step and time", async () => {
    expect(await scalars("val.roc_auc")).toEqual([[TIME.getTime() / 1000, 1, 0.75]]);
    const losses = await scalars("train.loss");
    expect(losses).toHaveLength(301);
    for (const [time, step, value] of losses) {
      expect(time).toBe(TIME.getTime() / 1000);
      expect(value).toBe(Math.fround(1 / (step + 1)));
    }
    expect(losses.map(([, step]) => step)).toEqual([...Array(301).keys()]);
  });
});
