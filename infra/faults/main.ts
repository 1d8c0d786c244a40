/**
 * `npm run faults`: puts the real local stack through load, crashes and hostile callers.
 *
 *   npm run faults                      every scenario, in full
 *   npm run faults -- --short crowd     one of them, as `npm test` runs it
 */
import { parseArgs } from "node:util";
import { buildPlayer } from "../stack/build-player.ts";
import { runScenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const { values, positionals } = parseArgs({
  options: { short: { type: "boolean", default: false } },
  allowPositionals: true,
});
const words = positionals.join(" ");
const chosen = SCENARIOS.filter(({ name }) => name.includes(words));
if (chosen.length === 0) {
  const names = SCENARIOS.map(({ name }) => `"${name}"`).join(", ");
  process.stderr.write(`lemons: no scenario is called "${words}". Use ${names}.\n`);
  process.exit(2);
}
await buildPlayer();
for (const scenario of chosen) {
  const { faults, measured } = await runScenario(scenario, values.short ? "short" : "full");
  const figures = Object.entries(measured).map(([name, value]) => `${name} ${value}`);
  const verdict = faults.length === 0 ? "passed" : "FAILED";
  process.stdout.write(`${scenario.name}: ${verdict} (${figures.join(", ")})\n`);
  for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
