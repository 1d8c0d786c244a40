import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { expect } from "vitest";
import type { WaitFor } from "../worker/worker-failure.ts";
import { explanationFor } from "./explanation.ts";
import { lines, putBytes, type StandIn } from "./gpu-worker-stand-in.ts";

type Explain = NonNullable<StandIn["explain"]>;

const MEBIBYTE = 1024 * 1024;

/** The result line that fits a request, with changes. */
export const resultLine = async (asked: WorkerExplainRequest, change: object = {}) => ({
  kind: "result",
  explanation: { ...(await explanationFor(asked)), ...change },
});

const problem = (status: number, detail: string) => ({
  type: "/problems/x",
  title: "X",
  status,
  detail,
});

function refusal(status: number, detail: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify(problem(status, detail));
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Content-Length": String(body.length),
      ...headers,
    },
  });
}

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response("<html>", { status: code, headers });

/** 303 See Other, with or without a Location. */
export const handOver = (Location?: string) =>
  new Response(null, { status: 303, ...(Location === undefined ? {} : { headers: { Location } }) });

/** A fault in a response of the gpu-worker, and the failure that it causes. */
export interface Misbehaviour {
  does: string;
  explain: Explain;
  handedOver?: StandIn["handedOver"];
  reason: RegExp;
  /** True by default: another attempt may help. */
  retryable?: boolean;
  unusableInput?: boolean;
  /** Pause before another attempt; none by default. */
  waitFor?: WaitFor;
  retryAfterMs?: number;
  /** Number of requests until the failure; one by default. */
  requests?: number;
}

export const BEFORE_AN_ANSWER: Misbehaviour[] = [
  {
    does: "is away",
    waitFor: "away",
    explain: () => Promise.reject(new TypeError("connection refused")),
    reason: /^The gpu-worker is away\. It can't be reached\.$/,
  },
  {
    does: "is started cold: 503 at once",
    waitFor: "away",
    explain: () => status(503, { "Retry-After": "7" }),
    reason: /answered 503\.$/,
    retryAfterMs: 7000,
  },
  {
    does: "is busy: 429",
    waitFor: "queue",
    explain: () => refusal(429, "4 jobs wait.", { "Retry-After": "10" }),
    reason: /answered 429: 4 jobs wait\.$/,
    retryAfterMs: 10_000,
  },
  {
    does: "asks for peace in words that cannot be read",
    waitFor: "away",
    explain: () => status(503, { "Retry-After": "soon" }),
    reason: /answered 503/,
    retryAfterMs: 0,
  },
  {
    does: "has lost its gateway: 502",
    waitFor: "away",
    explain: () => status(502),
    reason: /answered 502/,
  },
  {
    does: "refuses the request",
    explain: () => refusal(400, "segments is wrong."),
    reason: /answered 400: segments is wrong\./,
    retryable: false,
  },
  {
    does: "refuses the bearer",
    explain: () => refusal(401, "Wrong secret."),
    reason: /answered 401/,
    retryable: false,
  },
  {
    does: "cannot work with the track",
    explain: () => refusal(422, "Zero samples."),
    reason: /Zero samples/,
    retryable: false,
    unusableInput: true,
  },
  {
    does: "sends problem details too long to read",
    explain: () => refusal(500, "x".repeat(70_000)),
    reason: /^The gpu-worker answered 500\.$/,
  },
  {
    does: "sends problem details that are none",
    explain: () =>
      new Response("{", {
        status: 500,
        headers: { "Content-Type": "application/problem+json", "Content-Length": "1" },
      }),
    reason: /^The gpu-worker answered 500\.$/,
  },
  { does: "answers 204", explain: () => new Response(null, { status: 204 }), reason: /204/ },
  {
    does: "redirects with the body: 307",
    explain: () => Response.redirect("http://gpu-worker.test/v1/explain", 307),
    reason: /answered 307 instead of 200; only 303 is followed/,
  },
];

export const HANDING_OVER: Misbehaviour[] = [
  {
    does: "hands over to another origin",
    explain: () => handOver("https://elsewhere.test/result"),
    reason: /to another origin/,
  },
  {
    does: "hands over to another port",
    explain: () => handOver("http://gpu-worker.test:81/result"),
    reason: /to another origin/,
  },
  {
    does: "hands over to what only looks like itself",
    explain: () => handOver("//gpu-worker.test@elsewhere.test/"),
    reason: /to another origin/,
  },
  {
    does: "hands over to another origin in the second place",
    explain: () => handOver("/result"),
    handedOver: () => handOver("https://elsewhere.test/result"),
    reason: /to another origin/,
    requests: 2,
  },
  { does: "hands over nowhere", explain: () => handOver(), reason: /without saying where/ },
  {
    does: "hands over to what is no address",
    explain: () => handOver("http://"),
    reason: /without saying where/,
  },
  {
    does: "hands over for ever",
    explain: () => handOver("/result"),
    handedOver: () => handOver("/result"),
    reason: /more than 20 times/,
    requests: 21,
  },
  {
    does: "loses what it handed over",
    waitFor: "away",
    explain: () => handOver("/result"),
    handedOver: () => status(404),
    reason: /lost a request/,
    requests: 2,
  },
  {
    does: "is busy with what it handed over",
    waitFor: "away",
    explain: () => handOver("/result"),
    handedOver: () => status(503, { "Retry-After": "3" }),
    reason: /answered 503/,
    retryAfterMs: 3000,
    requests: 2,
  },
];

export const IN_THE_STREAM: Misbehaviour[] = [
  {
    does: "says nothing at all",
    waitFor: "away",
    explain: () => lines([]),
    reason: /ended before its result/,
  },
  {
    does: "cuts the stream between lines",
    waitFor: "away",
    explain: () => lines([{ kind: "heartbeat" }]),
    reason: /ended before its result/,
  },
  {
    does: "cuts the result in two",
    waitFor: "away",
    explain: async (asked) => lines([JSON.stringify(await resultLine(asked)).slice(0, 500)]),
    reason: /ended before its result/,
  },
  {
    does: "cuts off only the last newline",
    waitFor: "away",
    explain: async (asked) => lines([JSON.stringify(await resultLine(asked))]),
    reason: /ended before its result/,
  },
  {
    does: "breaks the connection",
    waitFor: "away",
    explain: () => lines([{ kind: "heartbeat" }], { end: "break" }),
    reason: /broke off/,
  },
  { does: "sends no JSON", explain: () => lines(["<html>\n"]), reason: /not JSON/ },
  { does: "sends a value that is no object", explain: () => lines(["7\n"]), reason: /at its root/ },
  {
    does: "sends bytes that are no text",
    explain: () => new Response(Uint8Array.of(0xff, 0xfe, 0x7b, 10)),
    reason: /not JSON/,
  },
  {
    does: "sends an unknown line",
    explain: () => lines([{ kind: "gossip" }]),
    reason: /breaks the contract at kind/,
  },
  {
    does: "leaves out a field of the result",
    explain: async (asked) => lines([await resultLine(asked, { fidelity: undefined })]),
    reason: /contract at explanation\.fidelity/,
  },
  {
    does: "says that more than everything is certain",
    explain: () => lines([{ kind: "relevance", relevance: 1.5 }]),
    reason: /contract at relevance/,
  },
  {
    does: "sends an endless line",
    explain: () => lines(Array<string>(20).fill("x".repeat(MEBIBYTE / 10))),
    reason: /line .* exceeds 1048576 bytes/,
  },
  {
    does: "sends lines without end",
    explain: () =>
      lines(Array<string>(40).fill(`{"kind":"heartbeat"${" ".repeat(MEBIBYTE / 2)}}\n`)),
    reason: /response exceeds 16777216 bytes/,
  },
  {
    does: "reports a fault of its own",
    explain: () => lines([{ kind: "problem", problem: problem(500, "It broke.") }]),
    reason: /^It broke\.$/,
  },
  {
    does: "finds out late that the track cannot be worked with",
    explain: () => lines([{ kind: "problem", problem: problem(422, "No sound.") }]),
    reason: /^No sound\.$/,
    retryable: false,
    unusableInput: true,
  },
];

export const FORGED: Misbehaviour[] = [
  {
    does: "answers for another model",
    explain: async (asked) =>
      lines([await resultLine(asked, { model: { id: "model-zoe", version: "7" } })]),
    reason: /another question: model\.id/,
  },
  {
    does: "answers for another track",
    explain: async (asked) => {
      const { audio } = await explanationFor(asked);
      return lines([await resultLine(asked, { audio: { ...audio, sha256: "9".repeat(64) } })]);
    },
    reason: /another question: audio\.sha256/,
  },
  {
    does: "answers for another seed",
    explain: async (asked) => {
      const { neighbourhood } = await explanationFor(asked);
      return lines([await resultLine(asked, { neighbourhood: { ...neighbourhood, seed: 9 } })]);
    },
    reason: /another question: neighbourhood\.seed/,
  },
  {
    does: "answers with masks that it was given",
    explain: async (asked) => {
      const { neighbourhood } = await explanationFor(asked);
      const supplied = { ...neighbourhood, suppliedMasks: true };
      return lines([await resultLine(asked, { neighbourhood: supplied })]);
    },
    reason: /suppliedMasks/,
  },
  {
    does: "contradicts itself",
    explain: async (asked) => lines([await resultLine(asked, { ranking: [99] })]),
    reason: /ranking/,
  },
  {
    does: "names audio that it has not stored",
    explain: async (asked) => lines([await resultLine(asked)]),
    reason: /named top-1\.mp3 but did not store it/,
  },
  {
    does: "stores audio whose hash is not the announced one",
    explain: async (asked) => {
      const [sound, other] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
      expect(await putBytes(asked.outputs["top-1"]!.url, sound, other)).toBe(400);
      return lines([await resultLine(asked)]);
    },
    reason: /did not store it/,
  },
  {
    does: "stores audio under the name of another explanation",
    explain: async (asked) => {
      const forged = asked.outputs["top-1"]!.url.replace(asked.id, asked.id.replace(/^./, "0"));
      const isForged = forged !== asked.outputs["top-1"]!.url;
      expect(isForged ? await putBytes(forged, Uint8Array.of(1)) : 403).toBe(403);
      return lines([await resultLine(asked)]);
    },
    reason: /did not store it/,
  },
];
