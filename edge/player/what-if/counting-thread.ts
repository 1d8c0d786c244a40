/** Web Worker that scores every mask of one table and replies with progress and the statistics. */
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/** Message to the counting thread. */
export interface CountingRequest {
  table: FoldedTable;
}

/** Messages from the counting thread: any number of `progress`, then `done` or `failed`. */
export type CountingReply =
  | { kind: "progress"; fraction: number }
  | { kind: "done"; statistics: MaskStatistics }
  | { kind: "failed"; reason: string };

const WASM = new URL("../../../shared/enumeration/enumerate.wasm", import.meta.url);

function reply(message: CountingReply): void {
  self.postMessage(message);
}

async function count({ table }: CountingRequest): Promise<void> {
  const response = await fetch(WASM);
  if (!response.ok)
    throw new Error(`Loading the counting module failed with status ${response.status}`);
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
