import { z } from "zod";
import {
  type ComputeSettings,
  ComputeVariables,
  computeSettings,
  type Environment,
  parseEnvironment,
  wholeVariable,
} from "../process/compute-settings.ts";
import { defaultMaxMemoryBytes } from "./memory-guard.ts";

export const DEFAULT_PORT = 8788;
export const DEFAULT_MAX_WAITING = 8;
export const DEFAULT_GRACE_SECONDS = 25;
/** An hour: long enough to ask for the other explanations of a track after the first. */
export const DEFAULT_CACHE_SECONDS = 3600;
const MAX_CACHE_SECONDS = 30 * 24 * 3600;
const MIN_SECRET_CHARACTERS = 32;

/** The service's settings, read from its environment. */
export interface ServiceSettings extends ComputeSettings {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** The bearer token of every request but the health check. */
  secret: string;
  /** Origins (`https://host:port`) that object links may lead to. */
  allowedOrigins: ReadonlySet<string>;
  /** How long fetched objects, sources and tables are cached, in memory and in the folder. */
  cacheSeconds: number;
  /** Jobs that may wait while another computes. */
  maxWaiting: number;
  /** How long a shutdown waits for the running job. */
  graceSeconds: number;
  /** Resident memory that a job may bring the process to. */
  maxMemoryBytes: number;
}

const ServiceVariables = ComputeVariables.extend({
  LEMONS_HOST: z.string().min(1).default("127.0.0.1"),
  LEMONS_PORT: wholeVariable(0, 65_535).optional(),
  PORT: wholeVariable(0, 65_535).optional(),
  LEMONS_WORKER_SECRET: z
    .string("is missing; set it to a random secret of 32 characters or more")
    .min(MIN_SECRET_CHARACTERS, `must have at least ${MIN_SECRET_CHARACTERS} characters`)
    .regex(/^[A-Za-z0-9._~+/-]+=*$/, "may contain only A-Z a-z 0-9 . _ ~ + / - and a final ="),
  LEMONS_ALLOWED_ORIGINS: z
    .string("is missing; list the origins that object links may lead to, separated by commas")
    .transform((list, context) => {
      const origins = new Set<string>();
      for (const item of list.split(",").map((each) => each.trim())) {
        const problem = originProblem(item);
        if (problem) {
          context.addIssue({ code: "custom", message: problem });
          return z.NEVER;
        }
        origins.add(new URL(item).origin);
      }
      return origins;
    }),
  LEMONS_CACHE_SECONDS: wholeVariable(1, MAX_CACHE_SECONDS).optional(),
  LEMONS_MAX_WAITING: wholeVariable(0, 1000).optional(),
  LEMONS_GRACE_SECONDS: wholeVariable(0, 3600).optional(),
  LEMONS_MAX_MEMORY_MB: wholeVariable(256, 10_000_000).optional(),
});

/**
 * Reads the service's settings. An empty variable counts as unset.
 *
 * @throws InputError that names the first variable that is missing or wrong
 */
export function readServiceSettings(environment: Environment): ServiceSettings {
  const read = parseEnvironment(ServiceVariables, environment);
  return {
    host: read.LEMONS_HOST,
    port: read.LEMONS_PORT ?? read.PORT ?? DEFAULT_PORT,
    secret: read.LEMONS_WORKER_SECRET,
    allowedOrigins: read.LEMONS_ALLOWED_ORIGINS,
    ...computeSettings(read),
    cacheSeconds: read.LEMONS_CACHE_SECONDS ?? DEFAULT_CACHE_SECONDS,
    maxWaiting: read.LEMONS_MAX_WAITING ?? DEFAULT_MAX_WAITING,
    graceSeconds: read.LEMONS_GRACE_SECONDS ?? DEFAULT_GRACE_SECONDS,
    maxMemoryBytes:
      read.LEMONS_MAX_MEMORY_MB === undefined
        ? defaultMaxMemoryBytes()
        : read.LEMONS_MAX_MEMORY_MB * 1024 * 1024,
  };
}

/** Returns whether a host name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function originProblem(text: string): string | null {
  if (!URL.canParse(text))
    return `has "${text}", which is not an origin; write it like https://host`;
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return `has ${text}; use https, or http on loopback`;
  }
  const bare = url.href === `${url.origin}/`;
  return bare ? null : `has ${text}; remove path, query and user name`;
}
