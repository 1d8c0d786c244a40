/**
 * `npm test`: lint, layers, prose, spelling, types, then unit, workerd and end-to-end tests.
 * Arguments go to vitest, which then runs alone: `npm test -- --project node gpu-worker/engine/audio`.
 */
import { styleText } from "node:util";
import { CHECK_NAMES, runChecks, runShown } from "./checks.ts";
import { buildPlayer } from "./stack/build-player.ts";
import { findChromium } from "./stack/chromium.ts";
import { findPython } from "./stack/python.ts";
import { VITEST } from "./stack/repository.ts";

/** Names the tests whose tool is missing and leaves them out. With CI set, that is a failure. */
function vitestParameters(): string[] {
  const missing: [project: string, message: string][] = [];
  if (findChromium() === null) {
    missing.push(["e2e", "Chromium not found (set CHROMIUM_PATH): no end-to-end tests"]);
  }
  if (findPython() === null) {
    missing.push([
      "python",
      "no Python with infra/python/requirements.txt found (set LEMONS_PYTHON): run records aren't compared with TensorBoard and Sacred, nor responses with the OpenAPI document",
    ]);
  }
  for (const [, message] of missing) {
    if (process.env.CI) throw new Error(message);
    process.stdout.write(styleText("yellow", `\nNOT CHECKED: ${message}\n`));
  }
  return missing.flatMap(([project]) => ["--project", `!${project}`]);
}

// The pages name the built files by their hashes, so types and tests need them.
await buildPlayer();
const vitestOnly = process.argv.slice(2);
const passed =
  vitestOnly.length > 0
    ? await runShown("tests", [VITEST, "run", ...vitestOnly])
    : (await runChecks(CHECK_NAMES)) &&
      (await runShown("tests", [VITEST, "run", ...vitestParameters()]));
process.exitCode = passed ? 0 : 1;
