import {
  type WorkerExplainLine,
  WorkerExplainRequest,
  type WorkerFeaturesLine,
  WorkerFeaturesRequest,
  type WorkerHealth,
  type WorkerInspectLine,
  WorkerInspectRequest,
  type WorkerProbeLine,
  WorkerProbeRequest,
  type WorkerRenderLine,
  WorkerRenderRequest,
  type WorkerScoreLine,
  WorkerScoreRequest,
  type WorkerStemsLine,
  WorkerStemsRequest,
  type WorkerTableLine,
  WorkerTableRequest,
} from "@lemons/shared/contract/gpu-worker";
import { type Context, Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isSameSecret } from "./bearer.ts";
import { explainJob } from "./explain-job.ts";
import { type Failure, failureOf, problemOf, ServiceError } from "./failure.ts";
import { featuresJob } from "./features-job.ts";
import { inspectJob } from "./inspect-job.ts";
import { type Job, type JobLine, type JobOptions, startJob } from "./job.ts";
import { errorForLog, type Log } from "./log.ts";
import { NDJSON_HEADERS, ndjsonStream } from "./ndjson.ts";
import { probeJob } from "./probe-job.ts";
import { renderJob } from "./render-job.ts";
import {
  checkFeaturesLinks,
  checkInspectLinks,
  checkScoreLinks,
  checkTrackLinks,
  readBody,
} from "./requests.ts";
import { scoreJob } from "./score-job.ts";
import { stemsJob } from "./stems-job.ts";
import { tableJob } from "./table-job.ts";
import type { Workshop } from "./workshop.ts";

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
  jobs: ReadonlySet<AnyJob>;
  /** From now on every request is answered 503. */
  refuseAll(): void;
}

type AnyLine =
  | WorkerScoreLine
  | WorkerFeaturesLine
  | WorkerInspectLine
  | WorkerProbeLine
  | WorkerExplainLine
  | WorkerTableLine
  | WorkerRenderLine
  | WorkerStemsLine;
type AnyJob = Pick<Job<JobLine>, "listen" | "stop" | "over">;
type Env = { Variables: { requestId: string } };

export function createApp(options: AppOptions): App {
  const { workshop, secret, provider, version, heartbeatMs, log } = options;
  const { queue } = workshop;
  const jobs = new Set<AnyJob>();
  /** What a second request of the same id joins. */
  const named = new Map<string, AnyJob>();
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
    return answerWithJob<WorkerScoreLine>(c, {
      key: null,
      replayed: ["progress"],
      run: (emit, signal) => scoreJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/features", async (c) => {
    const request = await readBody(c, WorkerFeaturesRequest);
    checkFeaturesLinks(request, workshop.objects);
    return answerWithJob<WorkerFeaturesLine>(c, {
      key: null,
      replayed: ["progress"],
      run: (emit, signal) => featuresJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/inspect", async (c) => {
    const request = await readBody(c, WorkerInspectRequest);
    checkInspectLinks(request, workshop.objects);
    return answerWithJob<WorkerInspectLine>(c, {
      key: null,
      replayed: ["progress"],
      run: (emit, signal) => inspectJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/explain", async (c) => {
    const request = await readBody(c, WorkerExplainRequest);
    checkTrackLinks(request, workshop.objects);
    return answerWithJob<WorkerExplainLine>(c, {
      key: `explain ${request.id}`,
      replayed: ["progress", "relevance"],
      run: (emit, signal) => explainJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/table", async (c) => {
    const request = await readBody(c, WorkerTableRequest);
    checkTrackLinks(request, workshop.objects);
    return answerWithJob<WorkerTableLine>(c, {
      key: `table ${request.id}`,
      replayed: ["progress"],
      run: (emit, signal) => tableJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/probe", async (c) => {
    const request = await readBody(c, WorkerProbeRequest);
    checkTrackLinks({ sound: request.sound, outputs: {} }, workshop.objects);
    return answerWithJob<WorkerProbeLine>(c, {
      key: `probe ${request.id}`,
      replayed: ["progress"],
      run: (emit, signal) => probeJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/render", async (c) => {
    const request = await readBody(c, WorkerRenderRequest);
    checkTrackLinks(request, workshop.objects);
    return answerWithJob<WorkerRenderLine>(c, {
      key: `render ${request.id}`,
      replayed: ["progress"],
      run: (emit, signal) => renderJob(workshop, request, emit, signal),
    });
  });

  app.post("/v1/stems", async (c) => {
    const request = await readBody(c, WorkerStemsRequest);
    checkTrackLinks(request, workshop.objects);
    return answerWithJob<WorkerStemsLine>(c, {
      key: `stems ${request.id}`,
      replayed: ["progress"],
      run: (emit, signal) => stemsJob(workshop, request, emit, signal),
    });
  });

  /** Starts a job, or joins the one that runs under the same key, and streams its lines. */
  function answerWithJob<Line extends AnyLine>(
    c: Context<Env>,
    { key, replayed, run }: Pick<JobOptions<Line>, "replayed" | "run"> & { key: string | null },
  ): Response {
    const running = key === null ? undefined : named.get(key);
    if (running) return streamOf(c, running);
    if (queue.full) throw new ServiceError({ kind: "queue-full", waiting: queue.waiting });
    const job: Job<Line> = startJob<Line>({
      requestId: c.get("requestId"),
      log,
      replayed,
      // Every stream may end with a problem.
      problemLine: (problem) => ({ kind: "problem", problem }) as Line,
      run,
      onEnded: () => {
        jobs.delete(job);
        if (key !== null) named.delete(key);
      },
    });
    jobs.add(job);
    if (key !== null) named.set(key, job);
    return streamOf(c, job);
  }

  function streamOf(c: Context<Env>, job: AnyJob): Response {
    return c.body(ndjsonStream(job, { heartbeatMs }), 200, NDJSON_HEADERS);
  }

  app.notFound((c) => answer(c, { kind: "not-found" }));
  app.onError((error, c) => {
    const failure = failureOfRequest(error);
    if (failure.kind === "unexpected") {
      log("error", "unexpected", { requestId: c.get("requestId"), error: errorForLog(error) });
    }
    const challenge = error instanceof HTTPException ? error.res?.headers : undefined;
    return answer(c, failure, challenge?.get("WWW-Authenticate"));
  });

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
