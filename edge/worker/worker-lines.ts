import { HEARTBEAT_SECONDS, type WorkerExplainLine } from "@lemons/shared/contract/gpu-worker";
import { Problem } from "@lemons/shared/contract/problem";
import type { z } from "zod";
import type { Settings } from "../base/env.ts";
import { type LineLimits, ndjsonLines } from "./ndjson-lines.ts";
import { parseRetryAfter } from "./retry-delay.ts";
import { failureOfStatus, WorkerFailure } from "./worker-failure.ts";

/** Four heartbeats missed. */
const MAX_SILENCE_MS = 4 * HEARTBEAT_SECONDS * 1000;
/** Serverless platforms hold a request for 150 s while a machine starts, before they hand it over. */
const FIRST_BYTE_TIMEOUT_MS = 160_000;
/** See Other (RFC 9110, 15.4.4): GET another place for the response. */
const HANDED_OVER = 303;
const LOST_STATUSES: readonly number[] = [404, 410];
const MAX_HAND_OVERS = 20;
const MAX_PROBLEM_BYTES = 64 * 1024;
const LIMITS: LineLimits = {
  maxLineBytes: 1024 * 1024,
  maxTotalBytes: 16 * 1024 * 1024,
  maxSilenceMs: MAX_SILENCE_MS,
};

/** Lines that mean the same in every response. */
type CommonLine = Extract<WorkerExplainLine, { kind: "heartbeat" | "problem" }>;

/** A request to the gpu-worker. */
interface WorkerPost {
  path: string;
  headers: Record<string, string>;
  /** Sent as JSON. */
  body: unknown;
}

/**
 * Posts to the gpu-worker and yields the lines of its response, each checked against a schema.
 * Heartbeats are dropped, a problem is thrown. The caller stops at the line it waits for; a response
 * that ends before is {@link endedEarly}.
 *
 * @throws WorkerFailure that says whether another attempt makes sense; the signal's reason on abort
 */
export async function* workerLines<Line extends { kind: string }>(
  settings: Settings,
  request: WorkerPost,
  schema: z.ZodType<Line>,
  signal: AbortSignal,
): AsyncGenerator<Exclude<Line, CommonLine>> {
  // Ends the connection however the caller leaves, so that the worker stops a job that no one awaits.
  const connection = new AbortController();
  try {
    const response = await post(
      settings,
      request,
      AbortSignal.any([signal, connection.signal]),
      signal,
    );
    for await (const text of ndjsonLines(response, LIMITS, signal)) {
      if (text.trim() === "") continue;
      const line: Line | CommonLine = parseLine(text, schema);
      if (isProblem(line)) throw failureOfStatus(line.problem.status, line.problem.detail);
      if (line.kind !== "heartbeat") yield line as Exclude<Line, CommonLine>;
    }
  } finally {
    connection.abort();
  }
}

function isProblem(line: { kind: string }): line is Extract<CommonLine, { kind: "problem" }> {
  return line.kind === "problem";
}

/**
 * Posts, and follows the request if a serverless platform hands it over: 303 to a place of the same
 * origin, whose GET answers when the request does, or hands it over again.
 */
async function post(
  settings: Settings,
  { path, headers: ofRequest, body }: WorkerPost,
  connection: AbortSignal,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = {
    ...ofRequest,
    Authorization: `Bearer ${settings.GPU_WORKER_SECRET}`,
    Accept: "application/x-ndjson",
  };
  let url = `${settings.GPU_WORKER_URL}${path}`;
  let response = await send(url, connection, signal, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  for (let handOvers = 1; response.status === HANDED_OVER; handOvers++) {
    await response.body?.cancel();
    url = placeHandedOverTo(response, url, settings.GPU_WORKER_URL, handOvers);
    response = await send(url, connection, signal, { method: "GET", headers });
    if (LOST_STATUSES.includes(response.status)) {
      await response.body?.cancel();
      throw new WorkerFailure("The gpu-worker lost a request that it had handed over.", {
        retryable: true,
        waitFor: "away",
      });
    }
  }
  if (response.status === 200 && response.body) return response.body;
  throw await refusal(response);
}

/** @throws WorkerFailure if the request must not be followed there */
function placeHandedOverTo(
  response: Response,
  from: string,
  origin: string,
  handOvers: number,
): string {
  const location = response.headers.get("Location");
  if (location === null || !URL.canParse(location, from)) {
    throw new WorkerFailure("The gpu-worker handed the request over without saying where.", {
      retryable: true,
    });
  }
  const place = new URL(location, from);
  // Only the gpu-worker may get the bearer token and the signed links.
  if (place.origin !== new URL(origin).origin) {
    throw new WorkerFailure("The gpu-worker handed the request over to another origin.", {
      retryable: true,
    });
  }
  if (handOvers > MAX_HAND_OVERS) {
    throw new WorkerFailure(
      `The gpu-worker handed the request over more than ${MAX_HAND_OVERS} times.`,
      { retryable: true },
    );
  }
  return place.href;
}

async function send(
  url: string,
  connection: AbortSignal,
  signal: AbortSignal,
  init: RequestInit,
): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), FIRST_BYTE_TIMEOUT_MS);
  try {
    return await fetch(url, {
      ...init,
      // A redirect could send the bearer token and the signed links elsewhere.
      redirect: "manual",
      signal: AbortSignal.any([connection, slow.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const why = slow.signal.aborted
      ? `It didn't respond within ${FIRST_BYTE_TIMEOUT_MS / 1000} s.`
      : "It can't be reached.";
    throw new WorkerFailure(`The gpu-worker is away. ${why}`, {
      retryable: true,
      waitFor: "away",
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response: Response): Promise<WorkerFailure> {
  const retryAfterMs = parseRetryAfter(response.headers.get("Retry-After"), new Date());
  const said = await problemDetail(response);
  if (response.status < 400) {
    return new WorkerFailure(
      `The gpu-worker answered ${response.status} instead of 200; only 303 is followed.`,
      { retryable: true, retryAfterMs },
    );
  }
  const reason = `The gpu-worker answered ${response.status}${said === null ? "." : `: ${said}`}`;
  return failureOfStatus(response.status, reason, retryAfterMs);
}

async function problemDetail(response: Response): Promise<string | null> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    await response.body?.cancel();
    return null;
  }
  const length = Number(response.headers.get("Content-Length") ?? Number.POSITIVE_INFINITY);
  if (length > MAX_PROBLEM_BYTES) {
    await response.body?.cancel();
    return null;
  }
  try {
    return Problem.parse(await response.json()).detail;
  } catch {
    // Without a readable problem the status alone decides.
    return null;
  }
}

function parseLine<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WorkerFailure("The gpu-worker sent a line that is not JSON.", {
      retryable: true,
      cause: error,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new WorkerFailure(
    `The gpu-worker sent a line that breaks the contract at ${path.join(".") || "its root"}: ${message}`,
    { retryable: true, cause: parsed.error },
  );
}

/** Returns the failure of a response without its last line. */
export function endedEarly(): WorkerFailure {
  return new WorkerFailure("The gpu-worker's response ended before its result.", {
    retryable: true,
    waitFor: "away",
    brokeOff: true,
  });
}
