/**
 * `npm test`: lint, types, then unit, workerd and end-to-end tests. Arguments go to vitest, which
 * then runs alone: `npm test -- --project node gpu-worker/engine/audio`.
 */
import { spawn } from "node:child_process";
import { styleText } from "node:util";
import { buildPlayer } from "./stack/build-player.ts";
import { findChromium } from "./stack/chromium.ts";
import { findPython } from "./stack/python.ts";
import { inRepository, ROOT, VITEST, WRANGLER } from "./stack/repository.ts";
import { WRANGLER_ENVIRONMENT } from "./stack/wrangler-environment.ts";

const BIOME = inRepository("node_modules", "@biomejs", "biome", "bin", "biome");
const TSC = inRepository("node_modules", "typescript", "bin", "tsc");

/** Runs one check with its output shown; resolves to whether it passed. */
function passes(name: string, script: string, parameters: string[]): Promise<boolean> {
  process.stdout.write(`${styleText("bold", `\n> ${name}`)}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: ROOT,
      env: { ...WRANGLER_ENVIRONMENT, ...process.env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** Names what cannot be checked here. With CI set a missing tool is a failure. */
function vitestParameters(): string[] {
  const missing: [project: string, message: string][] = [];
  if (findChromium() === null) {
    missing.push([
      "e2e",
      "Chromium was not found (set CHROMIUM_PATH): the end-to-end tests cannot run",
    ]);
  }
  if (findPython() === null) {
    missing.push([
      "python",
      "no Python with infra/python/requirements.txt was found (set LEMONS_PYTHON): run records cannot be held against TensorBoard and Sacred, nor answers against the OpenAPI document",
    ]);
  }
  for (const [, message] of missing) {
    if (process.env.CI) throw new Error(message);
    process.stdout.write(styleText("yellow", `\nNOT CHECKED: ${message}\n`));
  }
  return ["run", ...missing.flatMap(([project]) => ["--project", `!${project}`])];
}

async function testAll(): Promise<boolean> {
  const parameters = vitestParameters();
  const checks: [string, string, string[]][] = [
    ["lint and format", BIOME, ["ci", "--error-on-warnings", "."]],
    ["generated Worker types", WRANGLER, ["types", "--check", "edge/worker-configuration.d.ts"]],
    ["types", TSC, ["--build"]],
    ["tests", VITEST, parameters],
  ];
  for (const [name, script, rest] of checks) {
    if (await passes(name, script, rest)) continue;
    process.stdout.write(styleText("red", `\nFAILED: ${name}\n`));
    return false;
  }
  return true;
}

// The pages name the built files by their hashes, so types and tests need them.
await buildPlayer();
const vitestOnly = process.argv.slice(2);
const passed =
  vitestOnly.length > 0 ? await passes("tests", VITEST, ["run", ...vitestOnly]) : await testAll();
process.exitCode = passed ? 0 : 1;
