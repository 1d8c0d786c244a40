import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initialState } from "../train/train-state.ts";
import { lastCheckpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { TINY_CONFIG } from "./training-fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-checkpoint-"));
});
afterAll(() => rm(folder, { recursive: true }));

const checkpoint = {
  config: TINY_CONFIG,
  progress: { epoch: 3, step: 2, epochLoss: 1.25, best: null },
  state: initialState(TINY_CONFIG.architecture, 5),
};

describe("a checkpoint", () => {
  it("is read as it was written", async () => {
    const path = lastCheckpoint(folder);
    await writeCheckpoint(path, checkpoint);
    expect(await readCheckpoint(path)).toEqual(checkpoint);
    await writeCheckpoint(path, { ...checkpoint, progress: { ...checkpoint.progress, epoch: 4 } });
    expect((await readCheckpoint(path)).progress.epoch).toBe(4);
    expect(await readdir(join(folder, "checkpoints"))).toEqual(["last.safetensors"]);
  });

  it("names a missing or damaged file", async () => {
    await expect(readCheckpoint(join(folder, "none"))).rejects.toThrow(/none: no such checkpoint/);
    const path = join(folder, "broken");
    await writeFile(path, "not a checkpoint");
    await expect(readCheckpoint(path)).rejects.toThrow(
      /broken is not a checkpoint of lemons train/,
    );
  });
});
