import {
  type WorkerExplainLine,
  WorkerExplainRequest,
  type WorkerHealth,
  type WorkerScoreLine,
  WorkerScoreRequest,
} from "@lemons/shared/contract/gpu-worker";
import { type Context, Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isSameSecret } from "./bearer.ts";
import { explainJob, type Workshop } from "./explain-job.ts";
import { type Failure, failureOf, problemOf, ServiceError } from "./failure.ts";
import { type Job, startJob } from "./job.ts";
import { errorForLog, type Log } from "./log.ts";
import { NDJSON_HEADERS, ndjsonStream } from "./ndjson.ts";
import { checkExplainLinks, checkScoreLinks, readBody } from "./requests.ts";
import { scoreJob } from "./score-job.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** What a client is told to wait: about one explanation. */
const BUSY_RETRY_SECONDS = 10;
const SHUTDOWN_RETRY_SECONDS = 2;

export interface AppOptions {
  workshop: Workshop;
  secret: string;
  provider: "cpu" | "cuda";
  version: string;
  heartbeatMs: number;
  log: Log;
}

/** The service's routes, and the jobs that they started. */
export interface App {
  fetch: Hono["fetch"];
  /** Every job that has not ended. */
  jobs: ReadonlySet<Job<WorkerExplainLine> | Job<WorkerScoreLine>>;
  /** From now on every request is answered 503. */
  refuseAll(): void;
}

type Env = { Variables: { requestId: string } };

export function createApp(options: AppOptions): App {
  const { workshop, secret, provider, version, heartbeatMs, log } = options;
  const { queue } = workshop;
  const jobs = new Set<Job<WorkerExplainLine> | Job<WorkerScoreLine>>();
  const explanations = new Map<string, Job<WorkerExplainLine>>();
  let refusing = false;

  const app = new Hono<Env>();
  app.use(requestId());
  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    const ms = Math.round(performance.now() - startedAt);
    const { method, path } = c.req;
    const level = c.res.status >= 500 ? "error" : "info";
    const fields = { requestId: c.get("requestId"), method, path, status: c.res.status, ms };
    // Health checks come every few seconds.
    if (path !== "/healthz" || c.res.status !== 200) log(level, "request", fields);
  });
  app.use(async (_c, next) => {
    if (refusing) throw new ServiceError({ kind: "shutting-down" });
    await next();
  });

  app.get("/healthz", (c) => {
    const { running, waiting } = queue;
    return c.json({ status: "ok", version, provider, running, waiting } satisfies WorkerHealth);
  });

  app.use("/v1/*", bearerAuth({ verifyToken: (token) => isSameSecret(token, secret) }));
  app.use(
    "/v1/*",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new ServiceError({ kind: "body-too-large", maxBytes: MAX_BODY_BYTES });
      },
    }),
  );

  app.post("/v1/score", async (c) => {
    const request = await readBody(c, WorkerScoreRequest);
    checkScoreLinks(request, workshop.objects);
    refuseIfFull();
    const job: Job<WorkerScoreLine> = startJob<WorkerScoreLine>({
      requestId: c.get("requestId"),
      log,
      replayed: ["progress"],
      problemLine: (problem) => ({ kind: "problem", problem }),
      run: (emit, signal) => scoreJob(workshop, request, emit, signal),
      onEnded: () => jobs.delete(job),
    });
    jobs.add(job);
    return c.body(ndjsonStream(job, { heartbeatMs }), 200, NDJSON_HEADERS);
  });

  app.post("/v1/explain", async (c) => {
    const request = await readBody(c, WorkerExplainRequest);
    checkExplainLinks(request, workshop.objects);
    const running = explanations.get(request.id);
    if (running) return c.body(ndjsonStream(running, { heartbeatMs }), 200, NDJSON_HEADERS);
    refuseIfFull();
    const job: Job<WorkerExplainLine> = startJob<WorkerExplainLine>({
      requestId: c.get("requestId"),
      log,
      replayed: ["progress", "relevance"],
      problemLine: (problem) => ({ kind: "problem", problem }),
      run: (emit, signal) => explainJob(workshop, request, emit, signal),
      onEnded: () => {
        jobs.delete(job);
        explanations.delete(request.id);
      },
    });
    jobs.add(job);
    explanations.set(request.id, job);
    return c.body(ndjsonStream(job, { heartbeatMs }), 200, NDJSON_HEADERS);
  });

  app.notFound((c) => answer(c, { kind: "not-found" }));
  app.onError((error, c) => {
    const failure = failureOfRequest(error);
    if (failure.kind === "unexpected") {
      log("error", "unexpected", { requestId: c.get("requestId"), error: errorForLog(error) });
    }
    const challenge = error instanceof HTTPException ? error.res?.headers : undefined;
    return answer(c, failure, challenge?.get("WWW-Authenticate"));
  });

  function refuseIfFull(): void {
    if (queue.full) throw new ServiceError({ kind: "queue-full", waiting: queue.waiting });
  }

  return {
    fetch: app.fetch,
    jobs,
    refuseAll() {
      refusing = true;
    },
  };
}

/** Hono's own middleware throws HTTPException: a wrong or missing token is the only one left. */
function failureOfRequest(error: unknown): Failure {
  const isRefused = error instanceof HTTPException && [400, 401].includes(error.status);
  return isRefused ? { kind: "unauthorized" } : failureOf(error);
}

function answer(c: Context<Env>, failure: Failure, challenge?: string | null): Response {
  const problem = problemOf(failure, c.get("requestId"));
  // The rest of the body will not be read, so nothing can follow it.
  if (failure.kind === "body-too-large") c.header("Connection", "close");
  if (failure.kind === "queue-full") c.header("Retry-After", String(BUSY_RETRY_SECONDS));
  if (failure.kind === "shutting-down") {
    c.header("Retry-After", String(SHUTDOWN_RETRY_SECONDS));
    c.header("Connection", "close");
  }
  if (challenge) c.header("WWW-Authenticate", challenge);
  c.header("Cache-Control", "no-store");
  const body = JSON.stringify(problem);
  c.header("Content-Type", "application/problem+json");
  return c.body(body, problem.status as ContentfulStatusCode);
}
