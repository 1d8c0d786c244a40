import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { decodeFoldedTable, encodeTable } from "@lemons/shared/what-if/table-format";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  buildSlowly,
  buildWell,
  explainWell,
  lines,
  putBytes,
  renderWell,
  type StandIn,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { recordFor, responseTable, tableFor } from "../../test/table.ts";
import { explanationJobOf } from "../explanations/explanation-job.ts";
import { resolveTask } from "../explanations/resolve-task.ts";
import { MAX_ATTEMPTS } from "../flight/retry-policy.ts";
import { tableJobOf } from "./table-job.ts";
import { findTableOutcome, hasTableOutcome } from "./table-store.ts";
import type { TableTask } from "./table-task.ts";

type Build = NonNullable<StandIn["table"]>;

let questions = 0;

/** A question about a table that no other test asks for: a track of its own sound. */
async function newQuestion(change: object = {}) {
  const track = `table-${questions++}`;
  await env.DB.prepare(
    "INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256, licence, licence_url, changes, origin, tags, stems, peaks) SELECT ?, title, artist, seconds, ?, audio_type, ?, licence, licence_url, changes, origin, tags, stems, peaks FROM tracks WHERE id = 'delta'",
  )
    .bind(track, hashOf(track), hashOf(track))
    .run();
  return { listener: "zoe", track, type: "time+source", segments: 2, ...change };
}

const hashOf = (text: string) =>
  Array.from(text.padEnd(32, "x"), (letter) =>
    letter.charCodeAt(0).toString(16).padStart(2, "0"),
  ).join("");

async function newTable(): Promise<TableTask> {
  const body = await newQuestion();
  return (await resolveTask(env, ExplanationRequest.parse(body))).table!;
}

/** Starts the job and runs its alarms, without the waiting between, until nothing is left to do. */
async function runToEnd(task: TableTask): Promise<void> {
  const job = tableJobOf(env, task.id);
  await job.start(task);
  for (let i = 0; i < 3 * MAX_ATTEMPTS; i++) {
    const status = await job.status();
    if (status?.job.state !== "queued" && status?.job.state !== "running") return;
    await runDurableObjectAlarm(job);
  }
}

const firstThenWell =
  (first: Build): Build =>
  (task, call) =>
    (call === 1 ? first : buildWell)(task, call);

beforeAll(() => seed());
afterAll(async () => {
  await env.DB.exec("DELETE FROM tracks WHERE id LIKE 'table-%'");
});
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a worker that builds badly once", () => {
  const failures: [string, number, Build, RegExp][] = [
    ["is away", 1, () => Promise.reject(new TypeError("refused")), /away/],
    ["cuts the stream", 1, () => lines([{ kind: "heartbeat" }]), /ended before/],
    [
      "breaks the connection",
      1,
      () => lines([{ kind: "heartbeat" }], { end: "break" }),
      /broke off/,
    ],
    [
      "answers for another table",
      2,
      async (task) => {
        await putBytes(task.outputs.table.url, encodeTable(tableFor(task)));
        return lines([
          { kind: "result", record: { ...(await recordFor(task)), id: "0".repeat(32) } },
        ]);
      },
      /another table: id is 0+ instead/,
    ],
    [
      "answers for another encoder",
      2,
      async (task) =>
        lines([
          { kind: "result", record: { ...(await recordFor(task)), encoderVersion: hashOf("no") } },
        ]),
      /another table: encoderVersion/,
    ],
    [
      "stores nothing",
      2,
      async (task) => lines([{ kind: "result", record: await recordFor(task) }]),
      /can't be read: the response table is missing/,
    ],
    [
      "stores half a table",
      2,
      async (task) => {
        await putBytes(task.outputs.table.url, encodeTable(tableFor(task)).slice(0, -64));
        return lines([{ kind: "result", record: await recordFor(task) }]);
      },
      /can't be read: .*as many numbers/,
    ],
    [
      "stores a table of another shape",
      2,
      async (task) => {
        await putBytes(task.outputs.table.url, encodeTable(responseTable(3, 5, 1)));
        const { length: bytes } = encodeTable(responseTable(3, 5, 1));
        return lines([{ kind: "result", record: { ...(await recordFor(task)), bytes } }]);
      },
      /the table has 3 segments, its record says 2/,
    ],
    [
      "says another size",
      2,
      async (task) => {
        await putBytes(task.outputs.table.url, encodeTable(tableFor(task)));
        return lines([{ kind: "result", record: { ...(await recordFor(task)), bytes: 9 } }]);
      },
      /bytes, its record says 9/,
    ],
  ];

  it.each(failures)(
    "and %s is asked again, in attempt %i",
    async (_what, attempt, fail, reason) => {
      const task = await newTable();
      const calls = standInForGpuWorker({ table: firstThenWell(fail) });
      const job = tableJobOf(env, task.id);
      await job.start(task);
      await vi.waitFor(async () => expect((await job.status())?.job.reason).toMatch(reason));
      expect(await hasTableOutcome(env.BUCKET, task.id)).toBe(false);
      await runToEnd(task);
      expect(await job.status()).toMatchObject({ job: { state: "done", attempt } });
      expect(await findTableOutcome(env.BUCKET, task.id)).toMatchObject({ id: task.id });
      expect(calls.table).toHaveLength(2);
    },
  );
});

describe("one table", () => {
  it("is built once for all types and for every listener of the encoder", async () => {
    const body = await newQuestion();
    const calls = standInForGpuWorker({ table: buildSlowly(30), render: renderWell });
    const wait = { Prefer: "wait=20" };
    const both = await Promise.all(
      [0.25, 0.5].map((kernelWidth) => post("/v1/explanations", { ...body, kernelWidth }, wait)),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(calls.table).toHaveLength(1);

    const [time, source, other] = await Promise.all([
      post("/v1/explanations", { ...body, type: "time" }),
      post("/v1/explanations", { ...body, type: "source" }),
      post("/v1/explanations", { ...body, listener: "abel" }),
    ]);
    expect([time.status, source.status, other.status]).toEqual([200, 200, 200]);
    const answers = await Promise.all(
      [both[0]!, time, source, other].map((response) =>
        response.json<{ id: string; relevance: number; neighbourhood: object }>(),
      ),
    );
    expect(new Set(answers.map(({ id }) => id.slice(0, 32))).size).toBe(1);
    expect(new Set(answers.slice(0, 3).map(({ relevance }) => relevance.toFixed(6))).size).toBe(1);
    expect(answers[3]!.relevance).not.toBeCloseTo(answers[0]!.relevance, 3);
    expect(calls.table).toHaveLength(1);
    expect(calls.explain).toHaveLength(0);
  });

  it("is a cheaper one if only time or sources are requested, until the one for all types is stored", async () => {
    const body = await newQuestion();
    const calls = standInForGpuWorker({ table: buildWell, render: renderWell });
    const wait = { Prefer: "wait=20" };
    const ask = async (more: object) => {
      const response = await post("/v1/explanations", { ...body, ...more }, wait);
      return PublishedExplanation.parse(await response.json());
    };
    const time = await ask({ type: "time" });
    expect(time).toMatchObject({ separation: { separator: "none", sources: ["mix"] } });
    expect(time.components).toHaveLength(2);
    const source = await ask({ type: "source" });
    expect(source.segments).toHaveLength(1);
    expect(calls.table.map(({ separator, segments }) => [separator, segments])).toEqual([
      ["none", 2],
      ["dsp", 1],
    ]);
    await ask({ type: "time", listener: "abel" });
    expect(calls.table).toHaveLength(2);

    const tableOf = async () => {
      const response = await request(`/v1/explanations/${source.id}/table`);
      const { segments } = decodeFoldedTable(await response.bytes());
      return { segments, caching: response.headers.get("Cache-Control") };
    };
    expect(await tableOf()).toEqual({ segments: 1, caching: "public, no-cache" });
    const whole = await ask({ type: "time+source" });
    expect(whole.id.slice(0, 32)).toBe(source.id.slice(0, 32));
    expect(calls.table).toHaveLength(3);
    expect(await tableOf()).toMatchObject({
      segments: 2,
      caching: expect.stringContaining("immutable"),
    });
    const anew = await ask({ type: "source", kernelWidth: 0.9 });
    expect(anew.segments).toHaveLength(1);
    expect(calls.table).toHaveLength(3);
    expect(calls.explain).toHaveLength(0);
  });

  it("for all types is waited for if it is being built, even by requests for one type", async () => {
    const body = await newQuestion();
    const calls = standInForGpuWorker({ table: buildSlowly(60), render: renderWell });
    const { id } = await (await post("/v1/explanations", body)).json<{ id: string }>();
    await vi.waitFor(() => expect(calls.table).toHaveLength(1));
    const time = await post("/v1/explanations", { ...body, type: "time" }, { Prefer: "wait=20" });
    expect(time.status).toBe(200);
    expect(calls.table).toHaveLength(1);
    await explanationJobOf(env, ExplanationId.parse(id)).settled(5000);
  });

  it("shows its progress to those who wait for it", async () => {
    const body = await newQuestion();
    standInForGpuWorker({ table: buildSlowly(150), render: renderWell });
    const { id } = await (await post("/v1/explanations", body)).json<{ id: string }>();
    await vi.waitFor(async () => {
      const { job } = (await explanationJobOf(env, ExplanationId.parse(id)).status())!;
      expect(job).toMatchObject({ state: "running", attempt: 1, progress: { done: 3, total: 4 } });
    });
    expect((await explanationJobOf(env, ExplanationId.parse(id)).settled(5000))?.job.state).toBe(
      "done",
    );
  });

  it("that can't be built fails the jobs that wait for it, with the reason", async () => {
    const body = await newQuestion();
    const detail = "Zero samples after decoding.";
    const problem = { type: "/problems/x", title: "X", status: 422, detail };
    const calls = standInForGpuWorker({ table: () => lines([{ kind: "problem", problem }]) });
    const response = await post("/v1/explanations", body, { Prefer: "wait=10" });
    expect(await problemOf(response)).toMatchObject({ status: 422 });
    expect(calls.table).toHaveLength(1);
  });

  it("reports the number of its attempts when it fails, and is built after a later POST", async () => {
    const body = await newQuestion();
    const task = await resolveTask(env, ExplanationRequest.parse(body));
    const problem = { type: "/problems/x", title: "X", status: 500, detail: "It broke." };
    standInForGpuWorker({ table: () => lines([{ kind: "problem", problem }]) });
    const job = explanationJobOf(env, task.id);
    await job.start(task);
    await vi.waitFor(async () => expect((await job.status())?.job.reason).toMatch(/It broke/));
    await runToEnd(task.table!);
    await job.settled(8000);
    const answer = await problemOf(await request(`/v1/explanations/${task.id}`));
    expect(answer).toMatchObject({
      status: 502,
      detail: expect.stringMatching(/5 attempts.*It broke/),
    });

    standInForGpuWorker({ table: buildWell, render: renderWell });
    const again = await post("/v1/explanations", body, { Prefer: "wait=10" });
    expect(again.status).toBe(200);
  });
});

describe("a model that no table can be built for", () => {
  it("is sampled by the worker, with the reason, and no other listener's table is requested", async () => {
    const body = await newQuestion();
    const reason = "The model mixes time globally.";
    const calls = standInForGpuWorker({
      table: () => lines([{ kind: "no-table", reason }]),
      explain: explainWell,
    });
    const first = await post("/v1/explanations", body, { Prefer: "wait=10" });
    expect(await first.json()).toMatchObject({
      neighbourhood: { kind: "sampled" },
      engine: { kind: "dense", reason },
    });
    const other = { ...body, listener: "abel" };
    const second = await post("/v1/explanations", other, { Prefer: "wait=10" });
    expect(second.status).toBe(200);
    expect(calls.table).toHaveLength(1);
    expect(calls.explain.map(({ question }) => question.neighbourhood.kind)).toEqual([
      "exhaustive",
      "exhaustive",
    ]);
  });
});
