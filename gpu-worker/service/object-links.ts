import { createHash } from "node:crypto";
import { type ByteCache, createByteCache } from "./byte-cache.ts";
import { ServiceError } from "./failure.ts";
import { withRetries } from "./retry.ts";
import { isLoopback } from "./settings.ts";

const CACHE_BYTES = 256 * 1024 * 1024;
const TRANSFER_TIMEOUT_MS = 60_000;
const ATTEMPTS = 4;
const RETRY_BASE_MS = 250;

export interface ObjectLinksOptions {
  allowedOrigins: ReadonlySet<string>;
  /** For one attempt at one object. */
  timeoutMs?: number;
  retryBaseMs?: number;
  /** How long what was fetched is kept. */
  cacheMs?: number;
}

export interface Wanted {
  url: string;
  /** Lower-case hexadecimal; other bytes are refused. */
  sha256: string;
  maxBytes: number;
  /** What it is, for messages: "the audio". */
  what: string;
}

export interface Stored {
  url: string;
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
  what: string;
}

/** The worker's only way to the outside: signed links to single objects. */
export interface ObjectLinks {
  /** Why a link may not be followed, or null where it may. */
  refusal(url: string): string | null;
  /**
   * Fetches an object, or takes it from the cache.
   *
   * @returns not to be changed: the cache may hold the same bytes
   * @throws ServiceError `link-failed` where it cannot be had, is too long or has another hash
   */
  get(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Stores an object, with its hash as `Content-Digest` (RFC 9530) for the store to verify.
   *
   * @throws ServiceError `link-failed`
   */
  put(stored: Stored, signal: AbortSignal): Promise<void>;
}

/** An answer or a broken connection that a further attempt may mend. */
class TransientError extends Error {}

export function createObjectLinks(options: ObjectLinksOptions): ObjectLinks {
  const { allowedOrigins, timeoutMs = TRANSFER_TIMEOUT_MS, retryBaseMs = RETRY_BASE_MS } = options;
  const cache: ByteCache = createByteCache(CACHE_BYTES, options.cacheMs);

  /** One request and all of its answer's body, or a reason why not. */
  async function transfer(
    init: RequestInit & { method: "GET" | "PUT" },
    { url, what }: { url: string; what: string },
    signal: AbortSignal,
    read: (response: Response) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    // Only the host goes into messages: a signed link's path and query are a secret while it lives.
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
        const message = `${where}: ${answerInWords(response.status)}`;
        const mayPass = response.status >= 500 || [408, 425, 429].includes(response.status);
        throw mayPass ? new TransientError(message) : linkFailed(message);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ServiceError || error instanceof TransientError) throw error;
        const why = timeout.aborted ? `no end within ${timeoutMs / 1000} s` : causeInWords(error);
        throw new TransientError(`${where}: ${why}`, { cause: error });
      }
    };
    try {
      return await withRetries(attempt, {
        attempts: ATTEMPTS,
        baseMs: retryBaseMs,
        signal,
        isTransient: (error) => error instanceof TransientError,
      });
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
      return allowedOrigins.has(origin) ? null : `leads to ${origin}, which is not allowed here`;
    },

    async get({ url, sha256, maxBytes, what }, signal) {
      const cached = cache.get(sha256);
      if (cached) return cached;
      const bytes = await transfer({ method: "GET" }, { url, what }, signal, (response) =>
        readUpTo(response, maxBytes, what),
      );
      const found = createHash("sha256").update(bytes).digest("hex");
      if (found !== sha256) {
        throw linkFailed(`${what}: its SHA-256 is ${found}, the request says ${sha256}.`);
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
        readUpTo(response, MAX_ANSWER_BYTES, what),
      );
    },
  };
}

/** What an object store may say about a PUT. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Reads a body, giving up at the first byte too many whatever Content-Length said. */
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
  // Shared memory: the compute thread reads it where it is, however often it is asked for.
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

function answerInWords(status: number): string {
  return status >= 300 && status < 400
    ? `answered ${status}; redirects are not followed`
    : `answered ${status}`;
}

function causeInWords(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
