import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Service, startService, stopService } from "../conformance/service.ts";
import { fuzzApi } from "./fuzz-api.ts";

/** All operations were asked. */
function expectAllTested(report: string): void {
  const [, selected, all, tested] = /Selected: (\d+)\/(\d+)\s+Tested: (\d+)/.exec(report)!;
  expect(Number(all)).toBeGreaterThan(1);
  expect([selected, tested]).toEqual([all, all]);
}

/** `npm run fuzz:api` does the same at length. */
describe("the service, held to its OpenAPI document by Schemathesis", () => {
  let service: Service | undefined;
  beforeAll(async () => {
    service = await startService();
  }, 240_000);
  afterAll(() => service && stopService(service));

  const short = { phases: ["fuzzing"], examples: 4, seed: 1 } as const;

  it("answers whoever has no key as documented, and never with a fault of its own", async () => {
    const { stack, folder } = service!;
    const report = await fuzzApi({ ...short, origin: stack.origin }, folder);
    expectAllTested(report);
  }, 240_000);

  it("answers whoever may do all as documented, and never with a fault of its own", async () => {
    const limit = ["--compute-seconds", "60"];
    const { stack, folder } = service!;
    const { Authorization: authorization } = await makeKey(service!, ["admin"], limit);
    const report = await fuzzApi({ ...short, origin: stack.origin, authorization }, folder);
    expectAllTested(report);
  }, 240_000);
});
