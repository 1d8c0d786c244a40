import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { ServiceError } from "./failure.ts";
import { isLoopback } from "./settings.ts";

const CACHE_BYTES = 256 * 1024 * 1024;
const TRANSFER_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 4;
const RETRY_BASE_MS = 250;
/** Enough for an object store's response to a PUT. */
const MAX_PUT_RESPONSE_BYTES = 64 * 1024;

export interface ObjectLinksOptions {
  allowedOrigins: ReadonlySet<string>;
  /** Bounds one attempt at one object. */
  timeoutMs?: number;
  /** The longest wait before the second attempt; it doubles with every further one. */
  retryBaseMs?: number;
  /** How long a fetched object is cached, however often it is used. */
  cacheMs?: number;
  cacheBytes?: number;
}

export interface WantedObject {
  url: string;
  /** Lower-case hexadecimal; other bytes are refused. */
  sha256: string;
  maxBytes: number;
  /** Names the object in messages: "the audio". */
  what: string;
}

export interface ObjectUpload {
  url: string;
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
  /** Names the object in messages. */
  what: string;
}

/** Fetches and stores single objects by signed links, the worker's only outgoing requests. */
export interface ObjectLinks {
  /** Returns why a link must not be followed, or null if it may be. */
  refusal(url: string): string | null;
  /**
   * Fetches an object, or takes it from the cache.
   *
   * @returns read-only bytes, which the cache may share
   * @throws ServiceError `link-failed` if it can't be fetched, is too long or has another hash
   */
  get(wanted: WantedObject, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Stores an object, with its hash as `Content-Digest` (RFC 9530) for the store to verify.
   *
   * @throws ServiceError `link-failed`
   */
  put(stored: ObjectUpload, signal: AbortSignal): Promise<void>;
}

/** A response or a broken connection after which another attempt may succeed. */
class TransientError extends Error {}

export function createObjectLinks({
  allowedOrigins,
  timeoutMs = TRANSFER_TIMEOUT_MS,
  retryBaseMs = RETRY_BASE_MS,
  cacheMs,
  cacheBytes = CACHE_BYTES,
}: ObjectLinksOptions): ObjectLinks {
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: cacheBytes,
    // One object must not displace all others.
    maxEntrySize: cacheBytes / 2,
    sizeCalculation: (bytes) => Math.max(1, bytes.length),
    ...(cacheMs === undefined ? {} : { ttl: cacheMs, ttlAutopurge: true }),
  });

  /** Sends a request, again after a transient failure, and reads the response's body. */
  async function transfer(
    init: RequestInit & { method: "GET" | "PUT" },
    { url, what }: { url: string; what: string },
    signal: AbortSignal,
    read: (response: Response) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    // Messages name the host only: a signed link's path and query are a secret while it is valid.
    const where = `${what} (${init.method} at ${new URL(url).host})`;
    const attempt = async () => {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(url, {
          ...init,
          redirect: "manual",
          signal: AbortSignal.any([signal, timeout]),
        });
        if (response.ok) return await read(response);
        await response.body?.cancel();
        const message = `${where}: ${describeStatus(response.status)}`;
        const isTransient = response.status >= 500 || [408, 425, 429].includes(response.status);
        throw isTransient ? new TransientError(message) : linkFailed(message);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ServiceError || error instanceof TransientError) throw error;
        const why = timeout.aborted
          ? `not finished within ${timeoutMs / 1000} s`
          : describeCause(error);
        throw new TransientError(`${where}: ${why}`, { cause: error });
      }
    };
    try {
      return await retryTransient(attempt, retryBaseMs, signal);
    } catch (error) {
      if (error instanceof TransientError) throw linkFailed(error.message, error);
      throw error;
    }
  }

  return {
    refusal(url) {
      if (!URL.canParse(url)) return "is not a URL";
      const { origin, protocol, hostname, username, password } = new URL(url);
      if (username || password) return "must not carry a user name or password";
      if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname))) {
        return "must use https (http only on loopback)";
      }
      return allowedOrigins.has(origin)
        ? null
        : `leads to ${origin}, which is not an allowed origin`;
    },

    async get({ url, sha256, maxBytes, what }, signal) {
      const cached = cache.get(sha256);
      if (cached) return cached;
      const bytes = await transfer({ method: "GET" }, { url, what }, signal, (response) =>
        readUpTo(response, maxBytes, what),
      );
      const found = createHash("sha256").update(bytes).digest("hex");
      if (found !== sha256) {
        throw linkFailed(`${what}: its SHA-256 is ${found}, but the request names ${sha256}.`);
      }
      cache.set(sha256, bytes);
      return bytes;
    },

    async put({ url, bytes, mimeType, what }, signal) {
      const digest = createHash("sha256").update(bytes).digest("base64");
      const headers = {
        "Content-Type": mimeType,
        "Content-Length": String(bytes.length),
        "Content-Digest": `sha-256=:${digest}:`,
      };
      await transfer({ method: "PUT", headers, body: bytes }, { url, what }, signal, (response) =>
        readUpTo(response, MAX_PUT_RESPONSE_BYTES, what),
      );
    },
  };
}

/**
 * Retries transient failures with exponential backoff and full jitter, so that many workers don't come
 * back at once.
 *
 * @throws the last attempt's error, or the signal's reason
 */
async function retryTransient<T>(
  attempt: () => Promise<T>,
  baseMs: number,
  signal: AbortSignal,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (attempts >= MAX_ATTEMPTS || signal.aborted || !(error instanceof TransientError)) {
        throw error;
      }
    }
    await sleep(Math.random() * baseMs * 2 ** (attempts - 1), undefined, { signal });
  }
}

/** Reads a body up to a limit, without trusting Content-Length. */
async function readUpTo(response: Response, maxBytes: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body) {
    for await (const chunk of response.body) {
      length += chunk.length;
      // Leaving the loop cancels the body and with it the connection.
      if (length > maxBytes) throw linkFailed(`${what} has more than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
  }
  // Shared memory: the compute thread reads it without a copy.
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function linkFailed(reason: string, cause?: unknown): ServiceError {
  return new ServiceError({ kind: "link-failed", reason }, { cause });
}

function describeStatus(status: number): string {
  return status >= 300 && status < 400
    ? `answered ${status}; redirects are not followed`
    : `answered ${status}`;
}

function describeCause(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
