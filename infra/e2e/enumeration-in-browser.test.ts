import { readFile } from "node:fs/promises";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { compileEnumeration } from "@lemons/shared/enumeration/module";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import { build, type Rolldown } from "vite";
import { describe, expect, it } from "vitest";
import { inRepository } from "../stack/repository.ts";
import { launchBrowser } from "./browser.ts";

const WASM = inRepository("shared", "enumeration", "enumerate.wasm");
const SEGMENTS = 4;
const SOURCES = 4;
const CHANNELS = 8;

/** A table of 16 components in which every column hears one segment or two. */
function smallTable(): FoldedTable {
  const random = createMt19937(11);
  const uniform = () => random.nextUint32() / 2 ** 31 - 1;
  let rows = 0;
  const groups = Array.from({ length: 2 * SEGMENTS - 1 }, (_, i) => {
    const width = (i % 2) + 1;
    const components = Array.from(
      { length: width * SOURCES },
      (_unused, bit) => (i >> 1) * SOURCES + bit,
    );
    const group = { components, columns: 3, firstRow: rows };
    rows += 2 ** components.length;
    return group;
  });
  return {
    segments: SEGMENTS,
    sources: SOURCES,
    bias: uniform(),
    groups,
    channels: CHANNELS,
    positive: 5,
    scalars: Float32Array.from({ length: rows }, uniform),
    maxima: Float32Array.from({ length: rows * CHANNELS }, uniform),
  };
}

/** Bundles the reader of tables and the enumeration into one script, as a page would load them. */
async function browserScript(): Promise<string> {
  const entry = inRepository("infra", "e2e", "enumeration-entry.ts");
  const result = await build({
    configFile: false,
    root: inRepository(),
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "lemons" } },
  });
  const [output] = result as Rolldown.RolldownOutput[];
  return output!.output[0].code;
}

/** The parts of the statistics that show a difference in a single bit. */
interface Digits {
  origin: number;
  riseSum: number[];
  riseSumOn: number[];
}

declare const lemons: typeof import("./enumeration-entry.ts");

describe("the enumeration in Chromium", () => {
  it("gives the same bits as in Node", async () => {
    const table = smallTable();
    const wasm = await readFile(WASM);
    const { origin, riseSum, riseSumOn } = enumerate(compileEnumeration(wasm), table);
    const expected: Digits = { origin, riseSum: [...riseSum], riseSumOn: [...riseSumOn] };

    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: await browserScript() });
      const found = await page.evaluate(
        ({ bytes, file }): Digits => {
          const statistics = lemons.enumerate(
            lemons.compileEnumeration(Uint8Array.from(bytes)),
            lemons.decodeFoldedTable(Uint8Array.from(file)),
          );
          return {
            origin: statistics.origin,
            riseSum: [...statistics.riseSum],
            riseSumOn: [...statistics.riseSumOn],
          };
        },
        { bytes: [...wasm], file: [...encodeTable(table)] },
      );
      expect(found).toEqual(expected);
      expect(new Set(found.riseSum).size).toBeGreaterThan(SEGMENTS * SOURCES - 1);
    } finally {
      await browser.close();
    }
  });
});
