import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { Job } from "@lemons/shared/contract/job";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FOLDER, seed, splitModel } from "../../test/catalogue.ts";
import { buildSlowly, renderWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { post, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";
import { HEAD, OTHER_HEAD } from "../../test/table.ts";

const CROWD = 500;
const WAIT = { Prefer: "wait=20" };
const MAX_WAITS = 15;
const LISTENERS = ["zoe", "abel", "cleo", "dora", "emil", "fay", "gus"];

const crowd = <Each>(each: (i: number) => Promise<Each>): Promise<Each[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, i) => each(i)));

/** Repeats a request until it is answered: on a busy machine 500 waits run out. */
async function requestUntilDone(question: object): Promise<Response> {
  let answer = await post("/v1/explanations", question, WAIT);
  for (let waits = 1; waits < MAX_WAITS && answer.status === 202; waits++) {
    await answer.body?.cancel();
    answer = await post("/v1/explanations", question, WAIT);
  }
  return answer;
}

// Everything is reset: each test needs a table that was never requested.
beforeEach(async () => {
  await resetStorage();
  await seed({
    ...FOLDER,
    listeners: {
      listeners: LISTENERS.map((id) => ({
        id: ListenerId.parse(id),
        name: id,
        taste: "Anything.",
      })),
    },
    models: LISTENERS.map((id, i) =>
      splitModel(id, String(i + 2), i % 2 === 0 ? HEAD : OTHER_HEAD),
    ),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe(`${CROWD} at once`, { timeout: 300_000 }, () => {
  it("first requests of one question build one table and get one answer", async () => {
    const calls = standInForGpuWorker({ table: buildSlowly(100), render: renderWell });
    const question = { listener: "zoe", track: "delta", type: "source" };
    const answers = await crowd(async () => {
      const response = await requestUntilDone(question);
      return [response.status, await response.text()] as const;
    });
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(([, body]) => body)).size).toBe(1);
    expect([calls.table.length, calls.explain.length]).toEqual([1, 0]);
  });

  it("requests about one track for seven listeners in all types build one table", async () => {
    const calls = standInForGpuWorker({ table: buildSlowly(100), render: renderWell });
    // Two segments keep the computation short.
    const answers = await crowd(async (i) => {
      const listener = LISTENERS[i % LISTENERS.length];
      const type = ExplanationType.options[i % ExplanationType.options.length];
      const question = { listener, track: "delta", type, segments: 2 };
      const response = await requestUntilDone(question);
      const { id } = await response.json<{ id: string }>();
      return [response.status, id] as const;
    });
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(([, id]) => id)).size).toBe(LISTENERS.length * 3);
    expect(calls.table).toHaveLength(1);
  });

  it("followers of one job all see its end", async () => {
    standInForGpuWorker({ table: buildSlowly(1500), render: renderWell });
    const question = { listener: "zoe", track: "delta", type: "source" };
    const { id } = Job.parse(await (await post("/v1/explanations", question)).json());
    const streams = await crowd(async () => {
      const events = await request(`/v1/explanations/${id}/events`);
      const text = await events.text();
      const last = text.trim().split("\n\n").at(-1)!;
      const data = last.split("\n").find((line) => line.startsWith("data: "))!;
      return Job.parse(JSON.parse(data.slice("data: ".length))).state;
    });
    expect(streams).toHaveLength(CROWD);
    expect(new Set(streams)).toEqual(new Set(["done"]));
  });
});
