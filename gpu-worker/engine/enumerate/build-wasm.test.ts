import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { buildWasm } from "./build-wasm.ts";
import { MODULE_URL } from "./enumeration-module.ts";

it("gives the committed module again, byte for byte", async () => {
  expect(Buffer.from(await buildWasm()).equals(readFileSync(MODULE_URL))).toBe(true);
});
