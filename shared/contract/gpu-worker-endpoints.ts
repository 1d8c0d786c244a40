import type { z } from "zod";
import {
  WorkerExplainLine,
  WorkerExplainRequest,
  WorkerFeaturesLine,
  WorkerFeaturesRequest,
  WorkerInspectLine,
  WorkerInspectRequest,
  WorkerProbeLine,
  WorkerProbeRequest,
  WorkerRenderLine,
  WorkerRenderRequest,
  WorkerScoreLine,
  WorkerScoreRequest,
  WorkerStemsLine,
  WorkerStemsRequest,
  WorkerTableLine,
  WorkerTableRequest,
} from "./gpu-worker.ts";

/** `GET` tells whether the worker is up; it needs no bearer token. */
export const WORKER_HEALTH_PATH = "/healthz";

/**
 * Names the account that a request is made for, so that no account's jobs hold up all others'. An
 * opaque text of at most 128 printable ASCII characters; requests without it share one account.
 */
export const WORKER_ACCOUNT_HEADER = "X-Account";

/** An endpoint of the worker that takes a `POST` and streams a job's lines. */
interface Endpoint {
  path: `/v1/${string}`;
  request: z.ZodType;
  line: z.ZodType<{ kind: string }>;
  /** True if a request joins a running job of the same `id`. */
  joinable: boolean;
  /** Kinds of lines that are replayed to late callers, the newest of each kind. */
  replayed: readonly string[];
  /** Kinds of lines that end a response in success; a `problem` ends it in failure. */
  results: readonly string[];
}

/**
 * Every endpoint of the worker. The service's routes, the edge's client, the link checks and the
 * tests' stand-in derive from this table.
 */
export const WORKER_ENDPOINTS = {
  score: {
    path: "/v1/score",
    request: WorkerScoreRequest,
    line: WorkerScoreLine,
    joinable: false,
    replayed: ["progress"],
    results: ["result"],
  },
  features: {
    path: "/v1/features",
    request: WorkerFeaturesRequest,
    line: WorkerFeaturesLine,
    joinable: false,
    replayed: ["progress"],
    results: ["result"],
  },
  inspect: {
    path: "/v1/inspect",
    request: WorkerInspectRequest,
    line: WorkerInspectLine,
    joinable: false,
    replayed: ["progress"],
    results: ["result"],
  },
  explain: {
    path: "/v1/explain",
    request: WorkerExplainRequest,
    line: WorkerExplainLine,
    joinable: true,
    replayed: ["progress", "relevance"],
    results: ["result"],
  },
  table: {
    path: "/v1/table",
    request: WorkerTableRequest,
    line: WorkerTableLine,
    joinable: true,
    replayed: ["progress"],
    results: ["result", "no-table"],
  },
  render: {
    path: "/v1/render",
    request: WorkerRenderRequest,
    line: WorkerRenderLine,
    joinable: true,
    replayed: ["progress"],
    results: ["result"],
  },
  stems: {
    path: "/v1/stems",
    request: WorkerStemsRequest,
    line: WorkerStemsLine,
    joinable: true,
    replayed: ["progress"],
    results: ["result"],
  },
  probe: {
    path: "/v1/probe",
    request: WorkerProbeRequest,
    line: WorkerProbeLine,
    joinable: true,
    replayed: ["progress"],
    results: ["result"],
  },
} as const satisfies Record<string, Endpoint>;

type Endpoints = typeof WORKER_ENDPOINTS;
export type WorkerEndpointName = keyof Endpoints;
export const WORKER_ENDPOINT_NAMES = Object.keys(WORKER_ENDPOINTS) as WorkerEndpointName[];

export type WorkerRequest<Name extends WorkerEndpointName> = z.infer<Endpoints[Name]["request"]>;

export type WorkerResponseLine<Name extends WorkerEndpointName> = z.infer<Endpoints[Name]["line"]>;

/** The line that ends an endpoint's response in success. */
export type WorkerResult<Name extends WorkerEndpointName> = Extract<
  WorkerResponseLine<Name>,
  { kind: Endpoints[Name]["results"][number] }
>;

/** The lines that may precede the result, without heartbeats. */
export type WorkerUpdate<Name extends WorkerEndpointName> = Exclude<
  WorkerResponseLine<Name>,
  WorkerResult<Name> | { kind: "heartbeat" | "problem" }
>;

/** A link of a request, and the field that it stands in: `tracks.0.sound.audio.url`. */
export interface RequestLink {
  field: string;
  url: string;
}

/** Lists the links of a request: every field that is named `url`. */
export function linksOf(request: unknown): RequestLink[] {
  if (typeof request !== "object" || request === null) return [];
  return Object.entries(request).flatMap(([name, value]): RequestLink[] =>
    name === "url" && typeof value === "string"
      ? [{ field: name, url: value }]
      : linksOf(value).map(({ field, url }) => ({ field: `${name}.${field}`, url })),
  );
}
