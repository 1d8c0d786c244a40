/**
 * `npm run experiments`: computes what docs/experiments shows.
 *
 *   npm run experiments                  all of it
 *   npm run experiments -- stability     one of evaluate, stability, faithfulness, and the report
 *   npm run experiments -- report        the report alone, from the stored results
 *
 * A run that was stopped continues from its last step.
 */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { inRepository, ROOT } from "../stack/repository.ts";
import { EXPERIMENTS, type Experiment } from "./commands.ts";
import { reportPage } from "./report-page.ts";
import { FOLDER, readResults } from "./results.ts";

const NAMES = Object.keys(EXPERIMENTS) as Experiment[];
const asked = process.argv.slice(2);
const unknown = asked.find((name) => name !== "report" && !NAMES.some((known) => known === name));
if (unknown !== undefined) {
  process.stderr.write(
    `experiments: there is no "${unknown}"; there are ${NAMES.join(", ")} and report\n`,
  );
  process.exit(2);
}

await mkdir(inRepository(FOLDER), { recursive: true });
for (const name of NAMES) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { parameters, file } = EXPERIMENTS[name];
  process.stderr.write(`lemons ${parameters.join(" ")}\n`);
  const printed = await lemons(parameters);
  await writeFile(inRepository(FOLDER, file), printed);
}
const page = await reportPage(await readResults());
await writeFile(inRepository(FOLDER, "index.html"), page);
process.stderr.write(`${FOLDER}/index.html\n`);

/** Runs the command line in the repository's root. @returns its output */
function lemons(parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["gpu-worker/cli.ts", ...parameters], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else reject(new Error(`lemons ${parameters[0]} ended with ${code ?? signal}`));
    });
  });
}
