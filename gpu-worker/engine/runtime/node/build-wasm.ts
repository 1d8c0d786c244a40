import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { MODULE_URL } from "./enumerator.ts";

const ENTRY_URL = new URL("../../../../shared/enumeration/assembly/index.ts", import.meta.url);

/**
 * Compiles shared/enumeration/assembly to enumerate.wasm; run this file to replace the committed
 * module. The compiler's version is pinned, so the same sources give the same bytes.
 *
 * @throws Error with the compiler's messages if compilation fails
 */
export async function buildWasm(): Promise<Uint8Array> {
  const messages = asc.createMemoryStream();
  let binary: Uint8Array | null = null;
  const { error } = await asc.main(
    [
      relative(process.cwd(), fileURLToPath(ENTRY_URL)),
      ...["--outFile", "enumerate.wasm"],
      ...["--optimizeLevel", "3", "--noAssert"],
      ...["--runtime", "stub", "--use", "abort="],
      ...["--enable", "simd"],
    ],
    {
      stderr: messages,
      readFile: (name, base) => readFile(`${base}/${name}`, "utf8").catch(() => null),
      writeFile: (_name, contents) => {
        binary = Buffer.from(contents);
      },
    },
  );
  if (error || binary === null) throw new Error(messages.toString(), { cause: error });
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const binary = await buildWasm();
  await writeFile(MODULE_URL, binary);
  process.stderr.write(`${fileURLToPath(MODULE_URL)}: ${binary.length} bytes\n`);
}
