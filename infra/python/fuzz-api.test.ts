import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Service, startService, stopService } from "../conformance/service.ts";
import { fuzzApi } from "./fuzz-api.ts";

/** Printed once all operations have been called. */
function expectAllTested(report: string): void {
  const [, selected, all, tested] = /Selected: (\d+)\/(\d+)\s+Tested: (\d+)/.exec(report)!;
  expect(Number(all)).toBeGreaterThan(1);
  expect([selected, tested]).toEqual([all, all]);
}

/** `npm run fuzz:api` does the same at length. */
describe("the service under Schemathesis", () => {
  let service: Service | undefined;
  beforeAll(async () => {
    service = await startService();
  }, 240_000);
  afterAll(() => service && stopService(service));

  const short = { phases: ["fuzzing"], examples: 4, seed: 1 } as const;

  it("answers callers without a key as documented, never with a 5xx", async () => {
    const { stack, folder } = service!;
    const report = await fuzzApi({ ...short, origin: stack.origin }, folder);
    expectAllTested(report);
  }, 240_000);

  it("answers administrators as documented, never with a 5xx", async () => {
    const limit = ["--compute-seconds", "60"];
    const { stack, folder } = service!;
    const { Authorization: authorization } = await makeKey(service!, ["admin"], limit);
    const report = await fuzzApi({ ...short, origin: stack.origin, authorization }, folder);
    expectAllTested(report);
  }, 240_000);
});
