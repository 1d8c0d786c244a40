import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkLayers } from "./check-layers.ts";
import { findCycles } from "./find-cycles.ts";
import { findImports } from "./find-imports.ts";

it("refuses imports of a storey above, and of another package", () => {
  const file = { isPackage: false, isUrl: false };
  const upward = { from: "edge/base/env.ts", to: "edge/web/pages/layout.tsx", ...file };
  const across = { from: "shared/contract/job.ts", to: "edge/base/env.ts", ...file };
  const downward = { from: "edge/web/routes/tracks.ts", to: "edge/base/env.ts", ...file };
  const beside = { from: "edge/work/tables/a.ts", to: "edge/work/flight/b.ts", ...file };
  const found = checkLayers([upward, across, downward, beside]);
  expect(found.map(({ from, to }) => ({ from, to, ...file }))).toEqual([upward, across]);
  for (const { because } of found) expect(because).not.toBe("");
});

it("refuses packages of Node in the engine's core", () => {
  const kind = { isPackage: true, isUrl: false };
  const core = { from: "gpu-worker/engine/model/scorer.ts", to: "node:fs/promises", ...kind };
  const host = { ...core, from: "gpu-worker/engine/runtime/node/onnx-session.ts" };
  const runtime = { ...core, to: "onnxruntime-node" };
  const pure = { ...core, to: "zod" };
  const found = checkLayers([core, host, runtime, pure]);
  expect(found.map(({ from, to }) => ({ from, to, ...kind }))).toEqual([core, runtime]);
});

it("reads type-only, dynamic and re-exporting imports, JSX, and the URLs of threads", () => {
  const root = mkdtempSync(join(tmpdir(), "lemons-layers-"));
  writeFileSync(
    join(root, "page.tsx"),
    `import type { A } from "./a.ts";
     export * from "../b.ts";
     import { c } from "@lemons/shared/contract/job";
     const d = () => import("./d.ts");
     const thread = new URL("./thread.ts", import.meta.url);
     import "node:fs";
     export const page = <p>{c}</p>;`,
  );
  const found = findImports(root, "page.tsx").map(({ to }) => to);
  rmSync(root, { recursive: true });
  expect(new Set(found)).toEqual(
    new Set(["a.ts", "../b.ts", "shared/contract/job.ts", "d.ts", "thread.ts", "node:fs"]),
  );
});

it("finds files that import each other in a circle", () => {
  const imports = ["a b", "b c", "c a", "c d", "d e"].map((pair) => {
    const [from, to] = pair.split(" ") as [string, string];
    return { from, to, isPackage: false, isUrl: false };
  });
  expect(findCycles(imports)).toEqual([["a", "b", "c"]]);
});
