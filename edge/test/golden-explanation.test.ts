import { readFile } from "node:fs/promises";
import { compileEnumeration } from "@lemons/shared/enumeration/module";
import { expect, it } from "vitest";
import golden from "./golden-explanation.json";
import { explainGolden } from "./golden-explanation.ts";

const WASM = new URL("../../shared/enumeration/enumerate.wasm", import.meta.url);

// explain-from-table.test.ts finds the same numbers in workerd, to the bit.
it("the explanation that workerd is held to is what Node computes", async () => {
  expect(await explainGolden(compileEnumeration(await readFile(WASM)))).toEqual(golden);
});
