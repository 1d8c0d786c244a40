import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildWasm } from "./build-wasm.ts";
import { MODULE_URL } from "./enumerator.ts";

it("reproduces the committed module byte for byte", async () => {
  expect(Buffer.from(await buildWasm()).equals(readFileSync(MODULE_URL))).toBe(true);
});
