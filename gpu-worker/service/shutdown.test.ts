import { afterEach, describe, expect, it } from "vitest";
import {
  allLines,
  linesOf,
  type ServiceFixture,
  startServiceFixture,
} from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
afterEach(() => fixture.close());

/** A job that goes on until the store is told to answer. */
async function startSlowJob(id: string) {
  const answered = Promise.withResolvers<void>();
  const bytes = Buffer.from(`not audio ${id}`);
  const path = `/slow-${id}`;
  const { sha256 } = fixture.store.add(path, bytes);
  const asked = Promise.withResolvers<void>();
  const { url } = fixture.store.behave(path, (_request, response) => {
    asked.resolve();
    void answered.promise.then(() => response.end(bytes));
  });
  const body = fixture.explainBody(id, { sound: { audio: { url, sha256 } } });
  const response = await fixture.post("/v1/explain", body);
  return { response, answer: answered.resolve, asked: asked.promise };
}

const HANDED_BACK = {
  kind: "problem",
  problem: { type: "/problems/worker-shutting-down", status: 503 },
};

describe("one queue with a bound", () => {
  it("lets jobs wait, tells them their place, and refuses more with 429", async () => {
    fixture = await startServiceFixture({ maxWaiting: 1 });
    const first = await startSlowJob("1");
    await first.asked;
    const second = await startSlowJob("2");
    const refused = await fixture.post("/v1/explain", fixture.explainBody("3"));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({ type: "/problems/busy", status: 429 });
    first.answer();
    second.answer();
    await allLines(first.response);
    const waited = (await allLines(second.response)).flatMap(({ progress }) => progress ?? []);
    expect(waited[0]).toEqual({ phase: "waiting", done: 0, total: 1 });
  });
});

describe("closing", () => {
  it("lets the running job end, hands the waiting one back, and refuses new ones", async () => {
    fixture = await startServiceFixture();
    const running = await startSlowJob("1");
    await running.asked;
    const waiting = await startSlowJob("2");
    const closing = fixture.service.close();
    expect((await allLines(waiting.response)).at(-1)).toMatchObject(HANDED_BACK);
    const refused = await fixture.post("/v1/explain", fixture.explainBody("3"));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await fetch(`${fixture.service.url}/healthz`)).status).toBe(503);
    running.answer();
    // Its audio is none, but it was seen through to that answer.
    expect((await allLines(running.response)).at(-1)).toMatchObject({ problem: { status: 422 } });
    await closing;
    await expect(fetch(`${fixture.service.url}/healthz`)).rejects.toThrow();
  });

  it("hands the running job back when the grace is over", async () => {
    fixture = await startServiceFixture({ graceSeconds: 0 });
    const running = await startSlowJob("1");
    await running.asked;
    const lines = linesOf(running.response);
    await lines.next();
    const closing = fixture.service.close();
    let last: unknown;
    for await (const line of lines) last = line;
    expect(last).toMatchObject(HANDED_BACK);
    await closing;
  });
});
