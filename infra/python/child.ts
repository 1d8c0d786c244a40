import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { findPython } from "../stack/python.ts";

/** Returns the Python for these tests. @throws Error if there is none */
export function python(): string {
  const found = findPython();
  if (found === null) throw new Error("no Python with infra/python/requirements.txt was found");
  return found;
}

/** A running Python program and its output so far. */
export interface Child {
  process: ChildProcess;
  output: () => string;
}

export function startPython(parameters: string[], cwd: string, signal?: AbortSignal): Child {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const child = spawn(python(), parameters, { cwd, stdio, ...(signal && { signal }) });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return { process: child, output: () => output };
}

/** Waits until a program answers. @throws Error with its output if it ends or takes too long */
export async function untilReady(child: Child, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isReady())) {
    if (child.process.exitCode !== null || performance.now() > deadline) {
      throw new Error(`the program is not there: ${child.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Runs a program to its end, or until it is no longer wanted.
 *
 * @returns its output
 * @throws Error with its output if it fails; an AbortError once the signal is aborted
 */
export async function runPython(
  parameters: string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<string> {
  const child = startPython(parameters, cwd, signal);
  const [code] = await once(child.process, "close");
  if (code !== 0) throw new Error(`${parameters.join(" ")} ended with ${code}: ${child.output()}`);
  return child.output();
}

export async function stop({ process }: Child): Promise<void> {
  if (process.exitCode !== null) return;
  process.kill("SIGTERM");
  await once(process, "close");
}
