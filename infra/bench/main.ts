/**
 * `npm run bench`: what things cost on this machine, as ratios measured in one run.
 *
 *   npm run bench                    everything, as tables
 *   npm run -s bench -- explain      one group; with --json one JSON document on stdout
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";

/** One group's part of the JSON document, and its table. */
interface Measured {
  json: object;
  table: string;
}

const onStep = (message: string) => process.stderr.write(`${message}\n`);

/** Each group is loaded on demand: a large heap means garbage collection while something is timed. */
const GROUPS: Record<string, () => Promise<Measured>> = {
  async explain() {
    const { benchExplain } = await import("./explain.ts");
    const { formatExplainBench } = await import("./explain-report.ts");
    const bench = await benchExplain(onStep);
    return { json: bench, table: formatExplainBench(bench) };
  },
  async "track-length"() {
    const { benchTrackLength, formatTrackLength } = await import("./track-length.ts");
    const bench = await benchTrackLength(onStep);
    return { json: bench, table: formatTrackLength(bench) };
  },
  async accuracy() {
    const { benchAccuracy, formatAccuracy } = await import("./accuracy.ts");
    const bench = await benchAccuracy(onStep);
    return { json: bench, table: formatAccuracy(bench) };
  },
  async edge() {
    const { benchEdge, formatEdgeBench } = await import("./edge.ts");
    const bench = await benchEdge(onStep);
    return { json: { edge: bench }, table: formatEdgeBench(bench) };
  },
  async batch() {
    const { benchBatch, formatBatchBench } = await import("./batch.ts");
    const bench = await benchBatch(onStep);
    return { json: { batch: bench }, table: formatBatchBench(bench) };
  },
  async stems() {
    const { benchStems, formatStems } = await import("./stems.ts");
    const bench = await benchStems(onStep);
    return { json: bench, table: formatStems(bench) };
  },
  async train() {
    const { benchTrain } = await import("./train.ts");
    const { formatTrainBench } = await import("./train-report.ts");
    const bench = await benchTrain(onStep);
    return { json: { train: bench }, table: formatTrainBench(bench) };
  },
};

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const unknown = positionals.find((group) => !Object.hasOwn(GROUPS, group));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: no group "${unknown}"; there is ${Object.keys(GROUPS).join(", ")}\n`,
  );
  process.exit(2);
}

const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length };
const measured: Measured[] = [];
for (const [group, measure] of Object.entries(GROUPS)) {
  if (positionals.length === 0 || positionals.includes(group)) measured.push(await measure());
}
process.stdout.write(
  values.json
    ? `${JSON.stringify(Object.assign({ machine }, ...measured.map(({ json }) => json)), null, 2)}\n`
    : `${machine.cores} x ${machine.processor}\n\n${measured.map(({ table }) => table).join("\n")}`,
);
