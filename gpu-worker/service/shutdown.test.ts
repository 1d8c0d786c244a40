import { afterEach, describe, expect, it } from "vitest";
import {
  allLines,
  linesOf,
  type ServiceFixture,
  startServiceFixture,
} from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
afterEach(() => fixture.close());

/** Starts a job that runs until `answer` is called. */
async function startSlowJob(id: string, account = "") {
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
  const response = await fixture.post("/v1/explain", body, { account });
  return { response, answer: answered.resolve, asked: asked.promise };
}

const RETURNED = {
  kind: "problem",
  problem: { type: "/problems/worker-shutting-down", status: 503 },
};

describe("the queue", () => {
  it("reports places to waiting jobs and refuses further ones with 429", async () => {
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

describe("accounts", () => {
  it("take turns, and none may fill the queue", async () => {
    fixture = await startServiceFixture({ maxWaiting: 4 });
    const running = await startSlowJob("1", "greedy");
    await running.asked;
    const waiting = [await startSlowJob("2", "greedy"), await startSlowJob("3", "greedy")];
    const refused = await fixture.post("/v1/explain", fixture.explainBody("4"), {
      account: "greedy",
    });
    expect(refused.status).toBe(429);
    const other = await startSlowJob("5", "other");
    for (const job of [running, ...waiting, other]) job.answer();
    const lines = await allLines(other.response);
    const [first] = lines.flatMap(({ progress }) => progress ?? []);
    // Behind the running job and one of the greedy account, ahead of its next.
    expect(first).toEqual({ phase: "waiting", done: 0, total: 2 });
  });
});

describe("closing", () => {
  it("finishes the running job, returns the waiting one and refuses new ones", async () => {
    fixture = await startServiceFixture();
    const running = await startSlowJob("1");
    await running.asked;
    const waiting = await startSlowJob("2");
    const closing = fixture.service.close();
    expect((await allLines(waiting.response)).at(-1)).toMatchObject(RETURNED);
    const refused = await fixture.post("/v1/explain", fixture.explainBody("3"));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await fetch(`${fixture.service.url}/healthz`)).status).toBe(503);
    running.answer();
    // Its bytes are no audio: the job got as far as decoding them.
    expect((await allLines(running.response)).at(-1)).toMatchObject({ problem: { status: 422 } });
    await closing;
    await expect(fetch(`${fixture.service.url}/healthz`)).rejects.toThrow();
  });

  it("returns the running job when the grace period is over", async () => {
    fixture = await startServiceFixture({ graceSeconds: 0 });
    const running = await startSlowJob("1");
    await running.asked;
    const lines = linesOf(running.response);
    await lines.next();
    const closing = fixture.service.close();
    let last: unknown;
    for await (const line of lines) last = line;
    expect(last).toMatchObject(RETURNED);
    await closing;
  });
});
