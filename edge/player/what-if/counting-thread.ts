/** Web Worker: counts every mask of one table, reports how far it is, and ends with the statistics. */
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import type { CountingReply, CountingRequest } from "./counting-messages.ts";

const WASM = new URL("../../../shared/enumeration/enumerate.wasm", import.meta.url);

function reply(message: CountingReply): void {
  self.postMessage(message);
}

async function count({ table }: CountingRequest): Promise<void> {
  const response = await fetch(WASM);
  if (!response.ok) throw new Error(`the counting program could not be had: ${response.status}`);
  const module = await WebAssembly.compile(await response.arrayBuffer());
  const statistics = enumerate(module, table, {
    onPart: (done, parts) => reply({ kind: "progress", fraction: done / parts }),
  });
  reply({ kind: "done", statistics });
}

self.addEventListener("message", ({ data }: MessageEvent<CountingRequest>) => {
  count(data).catch((error: unknown) => {
    reply({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  });
});
