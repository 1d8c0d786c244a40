import type { FieldError } from "@lemons/shared/contract/problem";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../access/app-env.ts";
import { requireScope } from "../../access/require-scope.ts";
import { cacheControl } from "../../base/http/cache-control.ts";
import { ProblemError } from "../../base/problems/problem.ts";

/** Marks a route in the OpenAPI document as one that needs an API key. */
export const security = [{ key: [] }];
export const noStore = cacheControl("no-store");
/** Lets administrators in only; no cache keeps the response. */
export const admin = [requireScope("admin"), noStore] as const;

const INVALID_HOST: FieldError = { field: "Host", message: "is not a valid host name and port" };
const BROKEN_BODY: FieldError = { field: "body", message: "ended before it was complete" };

/**
 * Reports malformed HTTP as 400. workerd passes on any `Host`, and reports broken chunks as an error
 * of the stream, which would both be internal errors otherwise.
 *
 * @throws ProblemError bad-request
 */
export const requireWellFormed = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  if (!URL.canParse(raw.url)) throw malformed(INVALID_HOST);
  // A body with a Content-Length breaks off only if the caller is gone. Wrapping it would lose the length.
  if (raw.body !== null && !raw.headers.has("Content-Length")) {
    c.req.raw = new Request(raw, { body: reportBreaks(raw.body) });
  }
  await next();
});

/** Passes the body on, with errors of the connection as the caller's. */
function reportBreaks(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        controller.error(malformed(BROKEN_BODY));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

const malformed = (error: FieldError) => new ProblemError({ kind: "bad-request", errors: [error] });

/**
 * Rejects longer bodies. Counts the bytes, whatever Content-Length says.
 *
 * @throws ProblemError body-too-large
 */
export const limitBody = (maxBytes: number) =>
  bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new ProblemError({ kind: "body-too-large", limitBytes: maxBytes });
    },
  });
