import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { type Compute, startCompute } from "./compute.ts";
import { probeProvider } from "./provider-probe.ts";

const require = createRequire(import.meta.url);
const BINARIES = join(dirname(require.resolve("onnxruntime-node")), "../bin/napi-v6");
const CUDA = join(BINARIES, process.platform, process.arch, "libonnxruntime_providers_cuda.so");

let compute: Compute | undefined;
afterEach(() => compute?.close());

describe("probeProvider", () => {
  it("accepts a provider that computes", async () => {
    await expect(
      probeProvider(createNodeRuntime({ provider: "cpu", threads: 1 }), "cpu"),
    ).resolves.toBeUndefined();
  });

  it.skipIf(existsSync(CUDA))(
    "stops a compute thread without CUDA from starting on cuda",
    async () => {
      compute = startCompute({ provider: "cuda", threads: 1 });
      await expect(compute.ready).rejects.toMatchObject({
        cause: expect.objectContaining({ message: expect.stringContaining("cuda") }),
      });
    },
  );
});
