import { readFileSync } from "node:fs";
import { compileEnumeration, type EnumerationModule } from "@lemons/shared/enumeration/module";

/** The compiled module, as committed. */
export const MODULE_URL = new URL("../../../shared/enumeration/enumerate.wasm", import.meta.url);

let compiled: EnumerationModule | null = null;

/** The compiled enumerate.wasm, read once. */
export function enumerationModule(): EnumerationModule {
  compiled ??= compileEnumeration(readFileSync(MODULE_URL));
  return compiled;
}
