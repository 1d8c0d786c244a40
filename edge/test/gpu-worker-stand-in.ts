import { env } from "cloudflare:workers";
import type { WorkerExplainRequest, WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import { vi } from "vitest";
import { app } from "../app.ts";
import { explanationFor } from "./explanation.ts";

const MP3 = new TextEncoder().encode("as good as an mp3 file");

/** A line of an answer: an object is written as JSON, a text as it is. */
type Line = object | string;

type Answer<Request> = (request: Request, call: number) => Response | Promise<Response>;

/** How the stand-in answers; what is left out counts as a worker that is away. */
export interface StandIn {
  explain?: Answer<WorkerExplainRequest>;
  score?: Answer<WorkerScoreRequest>;
  health?: () => Response;
}

/** What the stand-in was asked. */
export interface Calls {
  explain: WorkerExplainRequest[];
  score: WorkerScoreRequest[];
  /** Of every request, answered or not. */
  sent: { path: string; headers: Headers }[];
}

/** Puts a gpu-worker that does as told in the place of the network. Undone by vi.unstubAllGlobals. */
export function standInForGpuWorker(standIn: StandIn): Calls {
  const calls: Calls = { explain: [], score: [], sent: [] };
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    if (url.origin !== "http://gpu-worker.test") throw new Error(`nobody is at ${url.origin}`);
    calls.sent.push({ path: url.pathname, headers: new Headers(init.headers) });
    init.signal?.throwIfAborted();
    if (url.pathname === "/healthz" && standIn.health) return standIn.health();
    if (url.pathname === "/v1/explain" && standIn.explain) {
      const request = JSON.parse(String(init.body)) as WorkerExplainRequest;
      return standIn.explain(request, calls.explain.push(request));
    }
    if (url.pathname === "/v1/score" && standIn.score) {
      const request = JSON.parse(String(init.body)) as WorkerScoreRequest;
      return standIn.score(request, calls.score.push(request));
    }
    throw new TypeError("connection refused");
  });
  return calls;
}

/** An NDJSON answer, sent line by line. */
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

/** Follows the signed link for a highlight, as the worker does before it answers. */
export async function putHighlight(
  request: WorkerExplainRequest,
  name: "top-1" | "top-3" = "top-1",
): Promise<number> {
  const digest = await crypto.subtle.digest("SHA-256", MP3);
  const encoded = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const response = await app.fetch(
    new Request(request.outputs[name]!.url, {
      method: "PUT",
      headers: {
        "Content-Type": "audio/mpeg",
        "Content-Length": String(MP3.length),
        "Content-Digest": `sha-256=:${encoded}:`,
      },
      body: MP3,
    }),
    env,
  );
  return response.status;
}

/** A worker that does everything right, a little while between the lines. */
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

/** A worker that does everything right. */
export const explainWell: Answer<WorkerExplainRequest> = explainSlowly(0);
