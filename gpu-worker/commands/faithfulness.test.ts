import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const DEMO = fileURLToPath(new URL("../../demo", import.meta.url));
const MODELS = fileURLToPath(new URL("../../demo/models", import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function faithfulness(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, "faithfulness", ...args]);
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...ended, code })));
}

// What it computes is tested in experiment/faithfulness: training takes minutes.
describe("lemons faithfulness", () => {
  it.each([
    [[], /^lemons: faithfulness needs --catalogue DIR$/],
    [["--catalogue", DEMO, "--folds", "1"], /^lemons: --folds must be at least 2, not 1$/],
    [
      ["--catalogue", DEMO, "--folds", "13"],
      /12 tracks with stems and truth, too few for 13 folds; give a smaller --folds$/,
    ],
    [["--catalogue", DEMO, "--steps", "0"], /^lemons: --steps must be at least 1, not 0$/],
    [["--catalogue", MODELS], /^lemons: .*catalog\.json cannot be read/],
  ])("answers %j with one line and exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await faithfulness(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});
