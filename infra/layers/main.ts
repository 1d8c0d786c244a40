/**
 * Checks that imports run downward only and never in a circle: `node infra/layers/main.ts`. Exit
 * code 1 if one doesn't.
 */
import { listFiles, ROOT } from "../stack/repository.ts";
import { checkLayers } from "./check-layers.ts";
import { findCycles } from "./find-cycles.ts";
import { findImports } from "./find-imports.ts";

const SOURCE = /^(?:shared|edge|gpu-worker)\/.*\.tsx?$/;
/** Tests may look into any room; AssemblyScript isn't TypeScript to a parser. */
const LEFT_OUT =
  /\.test\.tsx?$|\/fixtures\/|\.fixture\.ts$|^edge\/test\/|^shared\/enumeration\/assembly\//;

const files = listFiles().filter((file) => SOURCE.test(file) && !LEFT_OUT.test(file));
const imports = files.flatMap((file) => findImports(ROOT, file));
const violations = checkLayers(imports);
for (const { from, to, because } of violations) {
  process.stdout.write(`${from} imports ${to}: ${because}\n`);
}
const cycles = findCycles(imports);
for (const cycle of cycles) process.stdout.write(`in a circle: ${cycle.join(", ")}\n`);
process.stdout.write(
  `${files.length} files, ${imports.length} imports, ${violations.length} against the storeys, ${cycles.length} circles\n`,
);
process.exitCode = violations.length + cycles.length > 0 ? 1 : 0;
