import { env } from "cloudflare:workers";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../test/catalogue.ts";
import {
  explainSlowly,
  explainWell,
  lines,
  putBytes,
  putHighlight,
  type StandIn,
  standInForGpuWorker,
} from "../test/gpu-worker-stand-in.ts";
import {
  BEFORE_AN_ANSWER,
  FORGED,
  HANDING_OVER,
  handOver,
  IN_THE_STREAM,
  resultLine,
} from "../test/misbehaving-gpu-worker.ts";
import { recordFor, responseTable, tableFor } from "../test/table.ts";
import { attemptExplanation } from "../work/explanations/attempt-explanation.ts";
import { findExplanation, isExplained } from "../work/explanations/explanation-store.ts";
import type { ExplanationTask } from "../work/explanations/explanation-task.ts";
import { resolveTask } from "../work/explanations/resolve-task.ts";
import type { FlightRun } from "../work/flight/define-flight.ts";
import { attemptTable } from "../work/tables/attempt-table.ts";
import { hasTableOutcome } from "../work/tables/table-store.ts";
import { WorkerFailure } from "./worker-failure.ts";

type Build = NonNullable<StandIn["table"]>;

const ORIGIN = { requestId: "request-of-the-test", payer: null };
/** The run of an attempt that a test makes itself, without a flight. */
function runOf(change: Partial<FlightRun> = {}): FlightRun {
  const signal = change.signal ?? new AbortController().signal;
  return {
    origin: ORIGIN,
    signal,
    onProgress() {},
    onRelevance() {},
    onAwaited() {},
    atWorker: (work) => work({ signal, requestId: ORIGIN.requestId, account: undefined }),
    chargeEdgeSeconds() {},
    ...change,
  };
}

let questions = 0;

const ask = (question: object) =>
  resolveTask(
    env,
    ExplanationRequest.parse({ listener: "abel", track: "delta", type: "time", ...question }),
  );

/** Returns a question that no other test asks and no table answers. */
const newQuestion = (): Promise<ExplanationTask> =>
  ask({ neighbourhood: { kind: "sampled", samples: 64, seed: 90_000 + questions++ } });

const explain = (asked: ExplanationTask, change: Partial<FlightRun> = {}) =>
  attemptExplanation(env, asked, runOf(change));

async function failureOf(attempt: Promise<void>): Promise<WorkerFailure> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkerFailure);
  return error as WorkerFailure;
}

const LONGEST_ATTEMPT_SECONDS = 2 * 60 * 60;

/** Turns the clock until an attempt is over. @throws Error if it isn't after two hours */
async function passTime(attempt: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  attempt.then(end, end);
  for (let seconds = 0; !isOver; seconds++) {
    if (seconds > LONGEST_ATTEMPT_SECONDS) throw new Error("The attempt doesn't end.");
    await vi.advanceTimersByTimeAsync(1000);
    // What is not a timer needs the real time that this takes.
    await env.BUCKET.head("nothing");
  }
}

beforeAll(() => seed());
beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each([
  ["before an answer", BEFORE_AN_ANSWER],
  ["in handing over", HANDING_OVER],
  ["in the stream", IN_THE_STREAM],
  ["with a forged result", FORGED],
])("a gpu-worker that misbehaves %s", (_where, misbehaviours) => {
  it.each(misbehaviours)("$does", async (misbehaviour) => {
    const { handedOver, reason, retryable = true, unusableInput = false } = misbehaviour;
    const asked = await newQuestion();
    const calls = standInForGpuWorker({
      explain: misbehaviour.explain,
      ...(handedOver ? { handedOver } : {}),
    });
    const failure = await failureOf(explain(asked));
    expect(failure.message).toMatch(reason);
    expect(failure).toMatchObject({ retryable, unusableInput });
    expect(failure.waitFor).toBe(misbehaviour.waitFor ?? null);
    expect(failure.retryAfterMs).toBe(misbehaviour.retryAfterMs ?? 0);
    expect(calls.sent).toHaveLength(misbehaviour.requests ?? 1);
    // The connection is closed, so that the worker stops the job.
    expect(calls.sent.every(({ signal }) => signal?.aborted)).toBe(true);
    expect(await isExplained(env.BUCKET, asked.id)).toBe(false);
    // And whatever it was, the same question is answered once the worker behaves.
    if (misbehaviour === misbehaviours[0]) {
      standInForGpuWorker({ explain: explainWell });
      await explain(asked);
      expect(await isExplained(env.BUCKET, asked.id)).toBe(true);
    }
  });
});

describe("a gpu-worker that is slow", () => {
  const hang = (signal: AbortSignal) =>
    new Promise<Response>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });

  it("fails the attempt if it doesn't begin to respond", async () => {
    const asked = await newQuestion();
    const calls = standInForGpuWorker({ explain: () => hang(calls.sent[0]!.signal!) });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const attempt = failureOf(explain(asked));
    await passTime(attempt);
    expect(await attempt).toMatchObject({
      message: "The gpu-worker is away. It didn't respond within 160 s.",
      retryable: true,
    });
  });

  it("fails the attempt if its heartbeat stops", async () => {
    const asked = await newQuestion();
    const calls = standInForGpuWorker({
      explain: () => lines([{ kind: "heartbeat" }, { kind: "heartbeat" }], { end: "hang" }),
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const attempt = failureOf(explain(asked));
    await passTime(attempt);
    expect(await attempt).toMatchObject({
      message: "The gpu-worker was silent for 20 s.",
      retryable: true,
    });
    expect(calls.sent[0]?.signal?.aborted).toBe(true);
  });

  it("is awaited while its heartbeat continues", async () => {
    const asked = await newQuestion();
    const minutes = Array<object>(60).fill({ kind: "heartbeat" });
    standInForGpuWorker({
      explain: async (request) => {
        await putHighlight(request);
        return lines([...minutes, await resultLine(request)], { delayMs: 5000 });
      },
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const attempt = explain(asked);
    await passTime(attempt);
    await attempt;
    expect(await isExplained(env.BUCKET, asked.id)).toBe(true);
  });
});

describe("a gpu-worker that hands a long request over", () => {
  it("is followed by GET with the bearer token and the request id", async () => {
    const asked = await newQuestion();
    let posted: WorkerExplainRequest | null = null;
    const places: string[] = [];
    const calls = standInForGpuWorker({
      explain: (request) => {
        posted = request;
        return handOver("?call=1");
      },
      handedOver: (place, call) => {
        places.push(place.href);
        if (call < 3) return handOver(`http://gpu-worker.test/result/${call}?call=${call + 1}`);
        return explainWell(posted!, 1);
      },
    });
    await explain(asked);
    expect(places).toEqual([
      "http://gpu-worker.test/v1/explain?call=1",
      "http://gpu-worker.test/result/1?call=2",
      "http://gpu-worker.test/result/2?call=3",
    ]);
    expect(calls.sent.map(({ method }) => method)).toEqual(["POST", "GET", "GET", "GET"]);
    for (const { headers } of calls.sent) {
      expect(headers.get("Authorization")).toBe(`Bearer ${env.GPU_WORKER_SECRET}`);
      expect(headers.get("X-Request-Id")).toBe(ORIGIN.requestId);
    }
    expect(await isExplained(env.BUCKET, asked.id)).toBe(true);
  });
});

describe("a result that comes late", () => {
  it("isn't stored after the attempt has ended", async () => {
    const asked = await newQuestion();
    const given = new AbortController();
    const calls = standInForGpuWorker({ explain: explainSlowly(20) });
    const onRelevance = () => given.abort(new Error("given up"));
    await expect(explain(asked, { signal: given.signal, onRelevance })).rejects.toThrow("given up");
    expect(calls.sent[0]?.signal?.aborted).toBe(true);
    expect(await isExplained(env.BUCKET, asked.id)).toBe(false);
  });

  it("isn't stored if the attempt ends between result and storing", async () => {
    const asked = await newQuestion();
    const given = new AbortController();
    standInForGpuWorker({ explain: explainWell });
    const onProgress: FlightRun["onProgress"] = ({ phase }) => {
      if (phase === "storing") given.abort(new Error("given up"));
    };
    await expect(explain(asked, { signal: given.signal, onProgress })).rejects.toThrow("given up");
    expect(await isExplained(env.BUCKET, asked.id)).toBe(false);
  });

  it("changes neither a finished explanation nor its audio", async () => {
    const asked = await newQuestion();
    const requests: WorkerExplainRequest[] = [];
    standInForGpuWorker({
      explain: (request, call) => {
        requests.push(request);
        return explainWell(request, call);
      },
    });
    await explain(asked);
    const before = await findExplanation(env.BUCKET, asked.id);
    standInForGpuWorker({
      explain: async (request) => lines([await resultLine(request, { relevance: 0.1 })]),
    });
    await explain(asked);
    expect(await findExplanation(env.BUCKET, asked.id)).toEqual(before);
    expect(await putBytes(requests[0]!.outputs["top-1"]!.url, Uint8Array.of(1))).toBe(409);
  });

  it("isn't read beyond the result", async () => {
    const asked = await newQuestion();
    const calls = standInForGpuWorker({
      explain: async (request) => {
        await putHighlight(request);
        return lines([await resultLine(request), "<html>\n"], { end: "hang" });
      },
    });
    await explain(asked);
    expect(calls.sent[0]?.signal?.aborted).toBe(true);
    expect(await isExplained(env.BUCKET, asked.id)).toBe(true);
  });
});

describe("a gpu-worker that misbehaves with a response table", () => {
  /** Each with a number of segments of its own, so that each is about another table. */
  const tables: [string, number, Build, RegExp][] = [
    [
      "answers for another id",
      4,
      async (asked) => {
        await putBytes(asked.outputs.table.url, encodeTable(tableFor(asked)));
        const record = { ...(await recordFor(asked)), id: "0".repeat(32) };
        return lines([{ kind: "result", record }]);
      },
      /another table: id is 0+ instead/,
    ],
    [
      "stores bytes whose hash is not the announced one",
      1,
      async (asked) => {
        const [table, other] = [encodeTable(tableFor(asked)), encodeTable(responseTable(3, 5, 1))];
        expect(await putBytes(asked.outputs.table.url, table, other)).toBe(400);
        return lines([{ kind: "result", record: await recordFor(asked) }]);
      },
      /the response table is missing/,
    ],
    [
      "stores a table of another shape",
      2,
      async (asked) => {
        const other = encodeTable(responseTable(3, 5, 1));
        await putBytes(asked.outputs.table.url, other);
        const record = { ...(await recordFor(asked)), bytes: other.length };
        return lines([{ kind: "result", record }]);
      },
      /the table has 3 segments/,
    ],
  ];
  it.each(tables)("%s", async (_does, segments, table, reason) => {
    const { table: asked } = await ask({ segments, track: "charlie" });
    standInForGpuWorker({ table });
    const failure = await failureOf(attemptTable(env, asked!, runOf()));
    expect(failure.message).toMatch(reason);
    expect(await hasTableOutcome(env.BUCKET, asked!.id)).toBe(false);
  });
});
