/**
 * Checks that need no running service, by name: `node infra/checks.ts lint layers`. Without a name,
 * all of them. Stops at the first that fails; exit code 1.
 */
import { styleText } from "node:util";
import { execa } from "execa";
import { inRepository, ROOT, WRANGLER } from "./stack/repository.ts";
import { WRANGLER_ENVIRONMENT } from "./stack/wrangler-environment.ts";

const BIOME = inRepository("node_modules", "@biomejs", "biome", "bin", "biome");
const CSPELL = inRepository("node_modules", "cspell", "bin.mjs");
const TSC = inRepository("node_modules", "typescript", "bin", "tsc");

const CHECKS = {
  lint: [BIOME, "ci", "--error-on-warnings", "."],
  layers: [inRepository("infra", "layers", "main.ts")],
  prose: [inRepository("infra", "prose", "main.ts")],
  spelling: [CSPELL, "lint", "--no-progress", "--quiet", "."],
  "worker-types": [WRANGLER, "types", "--check", "edge/worker-configuration.d.ts"],
  types: [TSC, "--build"],
} as const satisfies Record<string, readonly [script: string, ...parameters: string[]]>;

/** Name of a check. */
export type CheckName = keyof typeof CHECKS;

export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** Runs a script under the pinned Node with its output shown; returns whether it succeeded. */
export async function runShown(
  name: string,
  [script, ...parameters]: readonly [string, ...string[]],
): Promise<boolean> {
  process.stdout.write(`${styleText("bold", `\n> ${name}`)}\n`);
  const { exitCode } = await execa(process.execPath, [script, ...parameters], {
    cwd: ROOT,
    env: WRANGLER_ENVIRONMENT,
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  });
  if (exitCode === 0) return true;
  process.stdout.write(styleText("red", `\nFAILED: ${name}\n`));
  return false;
}

/** Runs checks one after another; returns whether all of them passed. */
export async function runChecks(names: readonly CheckName[]): Promise<boolean> {
  for (const name of names) if (!(await runShown(name, CHECKS[name]))) return false;
  return true;
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !CHECK_NAMES.some((known) => known === name));
  if (unknown !== undefined) {
    process.stderr.write(`lemons: unknown check "${unknown}". Use ${CHECK_NAMES.join(", ")}.\n`);
    process.exit(2);
  }
  const chosen = CHECK_NAMES.filter((name) => names.length === 0 || names.includes(name));
  process.exitCode = (await runChecks(chosen)) ? 0 : 1;
}
