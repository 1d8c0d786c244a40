import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ANONYMOUS } from "../../access/caller.ts";
import type { Spending } from "../../access/spend.ts";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  explainSlowly,
  explainWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { limitedBucket } from "../../test/limited-bucket.ts";
import { post, request } from "../../test/request.ts";
import { explanationJobOf } from "./explanation-job.ts";
import { findStored, storeTask } from "./explanation-store.ts";
import {
  findUnstored,
  requestExplanation,
  resolveStanding,
  resolveStandingById,
} from "./find-explanation.ts";
import { resolveTask } from "./resolve-task.ts";

const WAIT = { Prefer: "wait=20" };
let kernels = 0;

/** A request that no other test makes; its table is built by the first that waits for it. */
const newBody = () => ({
  listener: "zoe",
  track: "charlie",
  type: "time+source",
  segments: 2,
  kernelWidth: 0.3 + 0.001 * kernels++,
});

const newTask = (change: object = {}) =>
  resolveTask(env, ExplanationRequest.parse({ ...newBody(), ...change }));

const FREE: Spending = {
  requestId: "request-of-the-test",
  reserve: async () => ({ account: "test", reservation: crypto.randomUUID(), holds: true }),
};

/** An environment that notes each read of R2 by the end of its key. */
function countingEnv(bucket: R2Bucket = env.BUCKET): { counted: Env; reads: string[] } {
  const reads: string[] = [];
  const BUCKET = new Proxy(bucket, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (key: string, ...rest: unknown[]): unknown => {
        if (name === "get" || name === "head") {
          reads.push(`${name} ${key.replace(/^([a-z]+)\/.*\/([a-z]+\.json)$/, "$1/$2")}`);
        }
        return Reflect.apply(value, target, [key, ...rest]);
      };
    },
  });
  return { counted: { ...env, BUCKET }, reads };
}

/** Notes what the flight of a task reads: a table is read once for each computation. */
async function countReadsOf(task: { id: string }, bucket: R2Bucket = env.BUCKET) {
  const { counted, reads } = countingEnv(bucket);
  await runInDurableObject(explanationJobOf(env, ExplanationId.parse(task.id)), (job) => {
    Object.assign(job, { env: counted });
  });
  return reads;
}

const kindsOf = (reads: readonly string[]) =>
  reads.map((read) => read.replace(/tables\/[0-9a-f]+\.json/, "tables/record.json"));

beforeAll(async () => {
  await seed();
  standInForGpuWorker({ table: buildWell, render: renderWell });
  await (await post("/v1/explanations", newBody(), WAIT)).arrayBuffer();
  vi.unstubAllGlobals();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("one look at the store", () => {
  it("reads only the explanation if that is stored, by POST and by GET", async () => {
    standInForGpuWorker({ render: renderWell });
    const task = await newTask();
    await requestExplanation(env, task, 20_000, FREE);
    const posted = countingEnv();
    await requestExplanation(posted.counted, task, 0, FREE);
    expect(posted.reads).toEqual([`get explanations/explanation.json`]);

    const got = countingEnv();
    const stored = await findStored(got.counted.BUCKET, task.id);
    const standing = await resolveStandingById(got.counted, task.id, stored, ANONYMOUS);
    expect(standing.kind).toBe("stored");
    await stored?.object.arrayBuffer();
    expect(got.reads).toEqual([`get explanations/explanation.json`]);
  });

  it("reads the record of a table once for the price and the answer", async () => {
    standInForGpuWorker({ render: renderWell });
    const task = await newTask();
    const { counted, reads } = countingEnv();
    const found = await requestExplanation(counted, task, 0, FREE);
    expect(found).toMatchObject({ explanation: { id: task.id } });
    expect(kindsOf(reads)).toEqual([
      "get explanations/explanation.json",
      "head explanations/question.json",
      "get tables/record.json",
      "get explanations/explanation.json",
    ]);
  });

  it("reads no table while the gpu-worker computes", async () => {
    standInForGpuWorker({ explain: explainSlowly(200) });
    const neighbourhood = { kind: "sampled", samples: 32, seed: 77 };
    const task = await newTask({ type: "time", neighbourhood });
    const first = await requestExplanation(env, task, 0, FREE);
    expect(first).toMatchObject({ job: { id: task.id } });
    await vi.waitFor(async () => {
      const { job } = (await explanationJobOf(env, task.id).status())!;
      expect(job.progress?.phase).toBe("scoring");
    });
    const { counted, reads } = countingEnv();
    expect((await resolveStanding(counted, task)).kind).toBe("running");
    expect(reads).toEqual(["get explanations/explanation.json", "head explanations/question.json"]);
    await explanationJobOf(env, task.id).settled(5000);
  });
});

describe("a crowd with a table in the store", () => {
  it("shares one computation, and stores with R2's limit of writes", async () => {
    standInForGpuWorker({ render: renderWell });
    const task = await newTask();
    const limited = { ...env, BUCKET: limitedBucket(env.BUCKET) };
    const reads = await countReadsOf(task, limited.BUCKET);
    const found = await Promise.all(
      Array.from({ length: 50 }, () => requestExplanation(limited, task, 0, FREE)),
    );
    for (const each of found) expect(each).toMatchObject({ explanation: { id: task.id } });
    expect(reads.filter((read) => read.endsWith(".bin"))).toHaveLength(1);
  });

  it("computes once for all who GET a known question", async () => {
    standInForGpuWorker({ render: renderWell });
    const task = await newTask();
    await storeTask(env.BUCKET, task);
    const reads = await countReadsOf(task);
    const found = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const standing = await resolveStandingById(env, task.id, null, ANONYMOUS);
        if (standing.kind === "stored") return standing;
        return findUnstored(env, task.id, standing, "request-of-the-test");
      }),
    );
    for (const each of found) expect(each).toMatchObject({ explanation: { id: task.id } });
    expect(reads.filter((read) => read.endsWith(".bin"))).toHaveLength(1);
  });
});

describe("a request for an explanation that no one asked for", () => {
  const random = () => {
    const half = () => crypto.randomUUID().replaceAll("-", "");
    return `${half()}-${half()}`;
  };

  it.each(["", "/events", "/audio/top-1", "/stems/drums", "/table"])(
    "creates no object (GET /v1/explanations/{explanation}%s)",
    async (part) => {
      const id = random();
      const response = await request(`/v1/explanations/${id}${part}`);
      expect(response.status).toBe(404);
      expect(await objectIds()).not.toContain(String(env.EXPLANATION_JOBS.idFromName(id)));
    },
  );

  it("creates no object (GET /v1/jobs/{job})", async () => {
    const id = random();
    expect((await request(`/v1/jobs/${id}`)).status).toBe(404);
    expect(await objectIds()).not.toContain(String(env.EXPLANATION_JOBS.idFromName(id)));
  });

  it("creates an object as soon as it is requested", async () => {
    standInForGpuWorker({ explain: explainWell });
    const neighbourhood = { kind: "sampled", samples: 16, seed: 78 };
    const task = await newTask({ type: "time", neighbourhood });
    await requestExplanation(env, task, 10_000, FREE);
    expect(await objectIds()).toContain(String(env.EXPLANATION_JOBS.idFromName(task.id)));
  });

  async function objectIds(): Promise<string[]> {
    return (await listDurableObjectIds(env.EXPLANATION_JOBS)).map(String);
  }
});
