import { createHash, timingSafeEqual } from "node:crypto";
import type { WorkerHealth } from "@lemons/shared/contract/gpu-worker";
import {
  WORKER_ACCOUNT_HEADER,
  WORKER_ENDPOINT_NAMES,
  WORKER_ENDPOINTS,
  WORKER_HEALTH_PATH,
  type WorkerEndpointName,
  type WorkerRequest,
  type WorkerResponseLine,
} from "@lemons/shared/contract/gpu-worker-endpoints";
import type { Progress } from "@lemons/shared/contract/job";
import { type Context, Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { explainJob } from "./explain-job.ts";
import { failureOf, problemOf, ServiceError, type ServiceFailure } from "./failure.ts";
import { featuresJob } from "./features-job.ts";
import { inspectJob } from "./inspect-job.ts";
import { type JobLine, type RunningJob, startJob } from "./job.ts";
import type { JobResources, RunJob } from "./job-context.ts";
import type { Log } from "./log.ts";
import { NDJSON_HEADERS, ndjsonStream } from "./ndjson.ts";
import { probeJob } from "./probe-job.ts";
import { NO_ACCOUNT } from "./queue.ts";
import { renderJob } from "./render-job.ts";
import { checkLinks, parseBody } from "./requests.ts";
import { scoreJob } from "./score-job.ts";
import { stemsJob } from "./stems-job.ts";
import { tableJob } from "./table-job.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** About the time of one explanation. */
const BUSY_RETRY_SECONDS = 10;
const SHUTDOWN_RETRY_SECONDS = 2;

/** Accounts are opaque; others than this are as good as none. */
const ACCOUNT = /^[\x21-\x7e]{1,128}$/;

const JOBS: { [Name in WorkerEndpointName]: RunJob<Name> } = {
  score: scoreJob,
  features: featuresJob,
  inspect: inspectJob,
  explain: explainJob,
  table: tableJob,
  render: renderJob,
  stems: stemsJob,
  probe: probeJob,
};

export interface AppOptions {
  resources: JobResources;
  secret: string;
  provider: "cpu" | "cuda";
  version: string;
  heartbeatMs: number;
  log: Log;
}

type AnyJob = Pick<RunningJob<JobLine>, "listen" | "stop" | "over">;
type Env = { Variables: { requestId: string } };

/** The service's routes and the jobs that they started. */
export interface App {
  fetch: Hono["fetch"];
  /** The jobs that have not ended. */
  jobs: ReadonlySet<AnyJob>;
  /** Answers every request from now on with 503. */
  refuseAll(): void;
}

export function createApp(options: AppOptions): App {
  const { resources, secret, provider, version, heartbeatMs, log } = options;
  const { queue, objects } = resources;
  const jobs = new Set<AnyJob>();
  /** Running jobs that can be joined, by endpoint and id. */
  const joinable = new Map<string, AnyJob>();
  let isRefusing = false;

  const app = new Hono<Env>();
  app.use(requestId());
  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    const ms = Math.round(performance.now() - startedAt);
    const { method, path } = c.req;
    const { status } = c.res;
    const fields = { requestId: c.get("requestId"), method, path, status, ms };
    // Health checks come every few seconds.
    if (path === WORKER_HEALTH_PATH && status === 200) return;
    log[status >= 500 ? "error" : "info"](fields, "request");
  });
  app.use(async (_c, next) => {
    if (isRefusing) throw new ServiceError({ kind: "shutting-down" });
    await next();
  });

  app.get(WORKER_HEALTH_PATH, (c) => {
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
  for (const name of WORKER_ENDPOINT_NAMES) serveEndpoint(name);

  function serveEndpoint<Name extends WorkerEndpointName>(name: Name): void {
    const { path, request: schema, joinable: isJoinable } = WORKER_ENDPOINTS[name];
    app.post(path, async (c) => {
      // The schema and the type belong to the same row of the table.
      const request = parseBody(await c.req.text(), schema) as WorkerRequest<Name>;
      checkLinks(request, objects);
      const key = isJoinable && "id" in request ? `${name} ${request.id}` : null;
      const running = key === null ? undefined : joinable.get(key);
      const job = running ?? startEndpointJob(c, name, request, key);
      return c.body(ndjsonStream(job, { heartbeatMs }), 200, NDJSON_HEADERS);
    });
  }

  /** @param key under which further requests join the job; null if they can't */
  function startEndpointJob<Name extends WorkerEndpointName>(
    c: Context<Env>,
    name: Name,
    request: WorkerRequest<Name>,
    key: string | null,
  ): AnyJob {
    const named = c.req.header(WORKER_ACCOUNT_HEADER) ?? NO_ACCOUNT;
    const account = ACCOUNT.test(named) ? named : NO_ACCOUNT;
    if (queue.isFull(account)) {
      throw new ServiceError({ kind: "queue-full", waiting: queue.waiting });
    }
    type Line = WorkerResponseLine<Name>;
    const job: RunningJob<Line> = startJob<Line>({
      requestId: c.get("requestId"),
      log,
      replayed: WORKER_ENDPOINTS[name].replayed,
      // Every response may contain problem and progress lines.
      problemLine: (problem) => ({ kind: "problem", problem }) as Line,
      run(emit, signal) {
        const context = {
          ...resources,
          account,
          signal,
          onProgress: (progress: Progress) => emit({ kind: "progress", progress } as Line),
        };
        return JOBS[name](context, request, emit);
      },
      onEnded() {
        jobs.delete(job);
        if (key !== null) joinable.delete(key);
      },
    });
    jobs.add(job);
    if (key !== null) joinable.set(key, job);
    return job;
  }

  app.notFound((c) => respond(c, { kind: "not-found" }));
  app.onError((error, c) => {
    const failure = failureOfRequest(error);
    if (failure.kind === "unexpected") {
      log.error({ requestId: c.get("requestId"), error }, "unexpected");
    }
    const challenge = error instanceof HTTPException ? error.res?.headers : undefined;
    return respond(c, failure, challenge?.get("WWW-Authenticate"));
  });

  return {
    fetch: app.fetch,
    jobs,
    refuseAll() {
      isRefusing = true;
    },
  };
}

/** Compares hashes, so that the time depends neither on the first difference nor on the length. */
function isSameSecret(given: string, secret: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

/** Maps Hono's HTTPException, which only the bearer check throws here. */
function failureOfRequest(error: unknown): ServiceFailure {
  const isRefused = error instanceof HTTPException && [400, 401].includes(error.status);
  return isRefused ? { kind: "unauthorized" } : failureOf(error);
}

function respond(c: Context<Env>, failure: ServiceFailure, challenge?: string | null): Response {
  const problem = problemOf(failure, c.get("requestId"));
  // The rest of the body is not read, so no request can follow on the connection.
  if (failure.kind === "body-too-large") c.header("Connection", "close");
  if (failure.kind === "queue-full") c.header("Retry-After", String(BUSY_RETRY_SECONDS));
  if (failure.kind === "shutting-down") {
    c.header("Retry-After", String(SHUTDOWN_RETRY_SECONDS));
    c.header("Connection", "close");
  }
  if (challenge) c.header("WWW-Authenticate", challenge);
  c.header("Cache-Control", "no-store");
  c.header("Content-Type", "application/problem+json");
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode);
}
