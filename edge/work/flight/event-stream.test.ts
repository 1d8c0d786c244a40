import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { Job } from "@lemons/shared/contract/job";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { explainSlowly, explainWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { post, request } from "../../test/request.ts";
import { explanationJobOf } from "../explanations/explanation-job.ts";

interface Event {
  id: number;
  job: Job;
}

function parseEvents(text: string): Event[] {
  return text.split("\n\n").flatMap((block) => {
    const fields = new Map(
      block.split("\n").map((l) => l.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    if (fields.get("event") !== "job") return [];
    return [{ id: Number(fields.get("id")), job: Job.parse(JSON.parse(fields.get("data")!)) }];
  });
}

async function ask(seed: number): Promise<ExplanationId> {
  const response = await post("/v1/explanations", {
    listener: "abel",
    track: "bravo",
    type: "time",
    neighbourhood: { kind: "sampled", samples: 32, seed },
  });
  return Job.parse(await response.json()).id;
}

const follow = (id: string, lastEventId?: number) =>
  request(`/v1/explanations/${id}/events`, {
    headers: lastEventId === undefined ? {} : { "Last-Event-ID": String(lastEventId) },
  });

beforeAll(() => seed());
// Retries come as late as possible, so that a test decides when.
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("GET /v1/explanations/{explanation}/events", () => {
  it("streams every step to the end, then closes", async () => {
    standInForGpuWorker({ explain: explainSlowly(30) });
    const id = await ask(1);
    const response = await follow(id);
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const text = await response.text();
    expect(text.startsWith("retry: 2000\n\n")).toBe(true);
    const events = parseEvents(text);
    expect(events.map((event) => event.id)).toEqual(events.map((_, i) => events[0]!.id + i));
    expect(events.map((event) => event.job.progress?.phase)).toContain("scoring");
    expect(events.some(({ job }) => job.state === "running" && job.relevance === 0.75)).toBe(true);
    expect(events.at(-1)?.job.state).toBe("done");
  });

  it("continues after the last event seen, and answers 204 if that was the end", async () => {
    standInForGpuWorker({ explain: explainWell });
    const id = await ask(2);
    await explanationJobOf(env, id).settled(5000);
    const [end, ...more] = parseEvents(await (await follow(id)).text());
    expect(more).toEqual([]);
    expect(end?.job.state).toBe("done");
    const resumed = parseEvents(await (await follow(id, end!.id - 2)).text());
    expect(resumed).toEqual([end]);
    expect((await follow(id, end!.id)).status).toBe(204);
  });

  it("starts with the present state if the event id is invalid", async () => {
    standInForGpuWorker({ explain: explainWell });
    const id = await ask(3);
    await explanationJobOf(env, id).settled(5000);
    const response = await request(`/v1/explanations/${id}/events`, {
      headers: { "Last-Event-ID": "not-a-number" },
    });
    expect(parseEvents(await response.text())).toHaveLength(1);
  });

  it("sends nothing to a reader that is up to date until something changes", async () => {
    standInForGpuWorker({});
    const id = await ask(4);
    const job = explanationJobOf(env, id);
    await runDurableObjectAlarm(job);
    const first = await follow(id);
    const reader = first.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (parseEvents(text).length === 0) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`The stream ended without an event: ${text}`);
      text += value;
    }
    const [present] = parseEvents(text);
    await reader.cancel();

    standInForGpuWorker({ explain: explainWell });
    const resumed = await follow(id, present!.id);
    await runDurableObjectAlarm(job);
    const events = parseEvents(await resumed.text());
    expect(events[0]?.id).toBe(present!.id + 1);
    expect(events.at(-1)?.job.state).toBe("done");
  });

  it("follows a job that fails to its reason", async () => {
    standInForGpuWorker({ explain: () => new Response(null, { status: 400 }) });
    const id = await ask(5);
    const events = parseEvents(await (await follow(id)).text());
    expect(events.at(-1)?.job).toMatchObject({ state: "failed", attempt: 1 });
    expect(events.at(-1)?.job.reason).toContain("400");
  });
});
