/**
 * `npm run bench`: what things cost on this machine, as ratios measured in one run.
 *
 *   npm run bench                    everything, as tables
 *   npm run -s bench -- explain      one group; with --json one JSON document on stdout
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchExplain } from "./explain.ts";
import { formatExplainBench } from "./explain-report.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const GROUPS = ["explain"];
const unknown = positionals.find((group) => !GROUPS.includes(group));
if (unknown !== undefined) {
  process.stderr.write(`bench: no group "${unknown}"; there is ${GROUPS.join(", ")}\n`);
  process.exit(2);
}

const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length };
const explain = await benchExplain((message) => process.stderr.write(`${message}\n`));
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, ...explain }, null, 2)}\n`
    : `${machine.cores} x ${machine.processor}\n\n${formatExplainBench(explain)}`,
);
