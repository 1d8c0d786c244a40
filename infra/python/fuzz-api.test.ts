import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Service } from "../conformance/service.ts";
import { freePort } from "../stack/port.ts";
import { startStack } from "../stack/stack.ts";
import { fuzzApi } from "./fuzz-api.ts";

/** All operations were asked. */
function expectAllTested(report: string): void {
  const [, selected, all, tested] = /Selected: (\d+)\/(\d+)\s+Tested: (\d+)/.exec(report)!;
  expect(Number(all)).toBeGreaterThan(1);
  expect([selected, tested]).toEqual([all, all]);
}

/** `npm run fuzz:api` does the same at length. */
describe("the service, held to its OpenAPI document by Schemathesis", () => {
  let folder: string;
  const service = {} as Service;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-fuzz-"));
    service.persistTo = path.join(folder, "state");
    service.stack = await startStack({
      edgePort: await freePort(),
      workerPort: await freePort(),
      persistTo: service.persistTo,
      logDirectory: path.join(folder, "logs"),
      onStep: () => {},
    });
  }, 240_000);

  afterAll(async () => {
    await service.stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const short = { phases: ["fuzzing"], examples: 4, seed: 1 } as const;

  it("answers whoever has no key as documented, and never with a fault of its own", async () => {
    const report = await fuzzApi({ ...short, origin: service.stack.origin }, folder);
    expectAllTested(report);
  }, 240_000);

  it("answers whoever may do all as documented, and never with a fault of its own", async () => {
    const limit = ["--compute-seconds", "60"];
    const { Authorization: authorization } = await makeKey(service, ["admin"], limit);
    const report = await fuzzApi({ ...short, origin: service.stack.origin, authorization }, folder);
    expectAllTested(report);
  }, 240_000);
});
