import { env } from "cloudflare:workers";
import type {
  WorkerExplainRequest,
  WorkerFeaturesRequest,
  WorkerProbeRequest,
  WorkerRenderRequest,
  WorkerStemsRequest,
  WorkerTableRequest,
} from "@lemons/shared/contract/gpu-worker";
import {
  WORKER_ENDPOINT_NAMES,
  WORKER_ENDPOINTS,
  type WorkerEndpointName,
  type WorkerRequest,
} from "@lemons/shared/contract/gpu-worker-endpoints";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import { vi } from "vitest";
import { app } from "../app.ts";
import { explanationFor } from "./explanation.ts";
import { recordFor, tableFor } from "./table.ts";

const MP3 = Uint8Array.from(new TextEncoder().encode("as good as an mp3 file"));

/** A line of a response: an object is sent as JSON, a string as it is. */
type Line = object | string;

type Answer<Request> = (request: Request, call: number) => Response | Promise<Response>;

/** The responses of the stand-in. An endpoint that is left out refuses the connection. */
export type StandIn = { [Name in WorkerEndpointName]?: Answer<WorkerRequest<Name>> } & {
  /** Answers a request that was handed over; `call` counts them all. */
  handedOver?: (place: URL, call: number) => Response | Promise<Response>;
};

/** The requests that the stand-in received. */
export type Calls = { [Name in WorkerEndpointName]: WorkerRequest<Name>[] } & {
  /** All requests, answered or not. */
  sent: { method: string; path: string; headers: Headers; signal: AbortSignal | null }[];
};

/** Replaces the network by a stand-in for the gpu-worker. Undone by vi.unstubAllGlobals. */
export function standInForGpuWorker(standIn: StandIn): Calls {
  const calls: Calls = {
    ...(Object.fromEntries(WORKER_ENDPOINT_NAMES.map((name) => [name, []])) as unknown as Pick<
      Calls,
      WorkerEndpointName
    >),
    sent: [],
  };
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    if (url.origin !== "http://gpu-worker.test") throw new Error(`No server is at ${url.origin}.`);
    const { method = "GET", signal = null } = init;
    calls.sent.push({ method, path: url.pathname, headers: new Headers(init.headers), signal });
    init.signal?.throwIfAborted();
    if (method === "GET" && standIn.handedOver) {
      const handedOver = calls.sent.filter((sent) => sent.method === "GET");
      return standIn.handedOver(url, handedOver.length);
    }
    const name = WORKER_ENDPOINT_NAMES.find((each) => WORKER_ENDPOINTS[each].path === url.pathname);
    const response = name && answerCall(name, standIn, calls, JSON.parse(String(init.body)));
    if (!response) throw new TypeError("connection refused");
    return response;
  });
  return calls;
}

function answerCall<Name extends WorkerEndpointName>(
  name: Name,
  standIn: { [N in Name]?: Answer<WorkerRequest<N>> },
  calls: { [N in Name]: WorkerRequest<N>[] },
  request: WorkerRequest<Name>,
): Response | Promise<Response> | undefined {
  const answer = standIn[name];
  if (!answer) return undefined;
  calls[name].push(request);
  // A job of an earlier test may still run: of joinable requests only those of the same id count.
  const same = calls[name].filter((each) => idOf(each) === idOf(request));
  return answer(request, same.length);
}

function idOf(request: object): unknown {
  return "id" in request ? request.id : null;
}

/** A line with the features of a track. */
export function featuresLine(track: string, features: readonly number[]): object {
  const bytes = new Uint8Array(Float32Array.from(features).buffer);
  return {
    kind: "features",
    track,
    peaks: [0, 0.5, 1],
    features: btoa(String.fromCharCode(...bytes)),
  };
}

/** Invented features, different for each track. */
export const featuresOf = (track: string): number[] =>
  Array.from(
    { length: 4 },
    (_, i) => Math.round(16 * Math.sin(track.length + 3 * i + track.charCodeAt(0))) / 16,
  );

/** The last line of a response with features, with the pooled features of silence. */
export const FEATURES_RESULT = {
  kind: "result",
  tracks: 1,
  forwards: 1,
  seconds: 0.1,
  silence: btoa(String.fromCharCode(...new Uint8Array(Float32Array.of(-2, -2, -2, -2).buffer))),
};

/** A worker that pools every track it is given. */
export const poolWell: Answer<WorkerFeaturesRequest> = ({ tracks }) =>
  lines([...tracks.map(({ id }) => featuresLine(id, featuresOf(id))), FEATURES_RESULT]);

/** An NDJSON response, sent line by line. */
export function lines(
  all: readonly Line[],
  { end = "close", delayMs = 0 }: { end?: "close" | "break" | "hang"; delayMs?: number } = {},
): Response {
  const encoder = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const line = all[next++];
      if (line !== undefined) {
        const text = typeof line === "string" ? line : `${JSON.stringify(line)}\n`;
        controller.enqueue(encoder.encode(text));
      } else if (end === "close") {
        controller.close();
      } else if (end === "break") {
        controller.error(new Error("connection reset"));
      }
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/x-ndjson" } });
}

/**
 * Uploads bytes by a signed link, as the worker does before it answers.
 *
 * @param announced the bytes whose hash is sent; others than `bytes` make it a wrong one
 */
export async function putBytes(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  announced: Uint8Array<ArrayBuffer> = bytes,
): Promise<number> {
  const digest = await crypto.subtle.digest("SHA-256", announced);
  const encoded = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const response = await app.fetch(
    new Request(url, {
      method: "PUT",
      headers: {
        "Content-Length": String(bytes.length),
        "Content-Digest": `sha-256=:${encoded}:`,
      },
      body: bytes,
    }),
    env,
  );
  return response.status;
}

/** Follows the signed link for a highlight. */
export function putHighlight(
  request: Pick<WorkerRenderRequest, "outputs">,
  name: "top-1" | "top-3" = "top-1",
): Promise<number> {
  return putBytes(request.outputs[name]!.url, MP3);
}

/** A worker that decodes well. */
export const probeWell: Answer<WorkerProbeRequest> = () =>
  lines([
    { kind: "progress", progress: { phase: "decoding", done: 0, total: 1 } },
    { kind: "result", sampleRate: 44_100, channels: 2, seconds: 30, peaks: [0.5, 1] },
  ]);

/** A worker that builds tables well, with a pause between the lines. */
export const buildSlowly =
  (delayMs: number): Answer<WorkerTableRequest> =>
  async (request) => {
    await putBytes(request.outputs.table.url, encodeTable(tableFor(request)));
    return lines(
      [
        { kind: "heartbeat" },
        { kind: "progress", progress: { phase: "scoring", done: 3, total: 4 } },
        { kind: "result", record: await recordFor(request) },
      ],
      { delayMs },
    );
  };

/** A worker that builds tables well. */
export const buildWell: Answer<WorkerTableRequest> = buildSlowly(0);

/** A worker that renders well, after a pause. */
export const renderSlowly =
  (delayMs: number): Answer<WorkerRenderRequest> =>
  async (request) => {
    const names = Object.keys(request.outputs) as ("top-1" | "top-3")[];
    await Promise.all(names.map((name) => putHighlight(request, name)));
    return lines([{ kind: "heartbeat" }, { kind: "result", highlights: [] }], { delayMs });
  };

/** A worker that renders well. */
export const renderWell: Answer<WorkerRenderRequest> = renderSlowly(0);

/** A worker that renders sources well: each file is its source's name. */
export const renderStemsWell: Answer<WorkerStemsRequest> = async ({ outputs }) => {
  const sources = Object.keys(outputs);
  for (const source of sources) {
    await putBytes(outputs[source]!.url, Uint8Array.from(new TextEncoder().encode(source)));
  }
  const facts = { sampleRate: 44_100, channels: 2, samples: 1_323_000 };
  return lines([
    { kind: "heartbeat" },
    { kind: "result", stems: sources.map((source) => ({ source, ...facts })) },
  ]);
};

/** A worker that explains well, with a pause between the lines. */
export const explainSlowly =
  (delayMs: number): Answer<WorkerExplainRequest> =>
  async (request) => {
    await putHighlight(request);
    return lines(
      [
        { kind: "heartbeat" },
        { kind: "progress", progress: { phase: "scoring", done: 1, total: 32 } },
        { kind: "relevance", relevance: 0.75 },
        { kind: "result", explanation: await explanationFor(request) },
      ],
      { delayMs },
    );
  };

/** A worker that explains well. */
export const explainWell: Answer<WorkerExplainRequest> = explainSlowly(0);
