import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findPython } from "../stack/python.ts";
import { inRepository } from "../stack/repository.ts";

/** The timed memory formats of PyTorch. */
export const TORCH_FORMATS = ["default", "channels_last"] as const;
export type TorchFormat = (typeof TORCH_FORMATS)[number];

/** The training step in PyTorch, in a process of its own. */
export interface TorchSteps {
  version: string;
  /** Runs one step. @returns its seconds */
  step(format: TorchFormat): Promise<number>;
  stop(): Promise<void>;
}

/** Parameters of the Python program. */
export interface TorchOptions {
  threads: number;
  batch: number;
  bands: number;
  frames: number;
  channels: readonly number[];
  dropout: number;
}

/**
 * Starts PyTorch.
 *
 * @returns null if there is no Python with it
 * @throws Error if the program ends by itself
 */
export async function startTorch(options: TorchOptions): Promise<TorchSteps | null> {
  const python = findPython(["torch"]);
  if (python === null) return null;
  const program = inRepository("infra", "bench", "torch-train-step.py");
  const child = spawn(python, [program, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's program ended before it answered");
    return value;
  };
  return {
    version: await answer(),
    async step(format) {
      child.stdin.write(`${format}\n`);
      return Number(await answer());
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "close");
    },
  };
}
