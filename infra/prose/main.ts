/**
 * Checks the words that we write: `node infra/prose/main.ts [folder…]`. Exit code 1 if a comment, a
 * text or a document uses what `words.ts` lists. Spelling is cspell's part (cspell.json).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles, ROOT } from "../stack/repository.ts";
import { checkProse } from "./check-prose.ts";

const WRITTEN = /\.(?:tsx?|mjs|md|sql|css|toml|sh|py|yml|yaml)$|Dockerfile$/;
/** The list itself; reference data; generated files. */
const LEFT_OUT = /^infra\/(?:prose|golden)\/|worker-configuration|^docs\/experiments\/index/;

const files = listFiles(process.argv.slice(2)).filter(
  (file) => WRITTEN.test(file) && !LEFT_OUT.test(file),
);
let findings = 0;
for (const file of files) {
  for (const { line, text, instead } of checkProse(readFileSync(join(ROOT, file), "utf8"))) {
    process.stdout.write(`${file}:${line}: ${text}\n    ${instead}\n`);
    findings++;
  }
}
process.stdout.write(`${files.length} files, ${findings} findings\n`);
process.exitCode = findings > 0 ? 1 : 0;
