import type { Context } from "hono";
import { ProblemError } from "../problems/problem.ts";
import { type ByteRange, parseByteRange } from "./byte-range.ts";
import { matchesEntityTag } from "./header-fields.ts";
import type { WorkerEnv } from "./worker-env.ts";

/** An object of the store, and how it is served. */
export interface ServedObject {
  key: string;
  contentType: string;
  cacheControl: string;
}

/**
 * Serves an object of R2 with ranges and validators (RFC 9110, sections 13 and 14): 200, 206, 304 or
 * 416. Parses ranges itself, because R2 returns the whole object for a range that it can't satisfy.
 *
 * @throws ProblemError missing-object, range-not-satisfiable
 */
export async function serveObject<E extends WorkerEnv>(
  c: Context<E>,
  { key, contentType, cacheControl }: ServedObject,
): Promise<Response> {
  const head = await c.env.BUCKET.head(key);
  if (head === null) throw new ProblemError({ kind: "missing-object", key });

  c.header("ETag", head.httpEtag);
  c.header("Last-Modified", head.uploaded.toUTCString());
  c.header("Cache-Control", cacheControl);
  c.header("Accept-Ranges", "bytes");
  if (isCurrent(c, head)) return c.body(null, 304);

  c.header("Content-Type", contentType);
  const isHead = c.req.raw.method === "HEAD";
  const range = isHead || !rangeStillHolds(c, head) ? "whole" : wantedRange(c, head.size);
  if (range === "whole") {
    c.header("Content-Length", String(head.size));
  } else {
    c.header("Content-Length", String(range.length));
    c.header(
      "Content-Range",
      `bytes ${range.offset}-${range.offset + range.length - 1}/${head.size}`,
    );
  }
  if (isHead) return c.body(null, 200);

  const object = await c.env.BUCKET.get(key, {
    onlyIf: { etagMatches: head.etag },
    ...(range === "whole" ? {} : { range }),
  });
  if (object === null || !("body" in object)) {
    throw new ProblemError({ kind: "missing-object", key });
  }
  return c.body(object.body, range === "whole" ? 200 : 206);
}

/** Checks `If-None-Match`, and only without it `If-Modified-Since` (RFC 9110, 13.2.2), in whole seconds. */
function isCurrent(c: Context, head: R2Object): boolean {
  const ifNoneMatch = c.req.header("If-None-Match");
  if (ifNoneMatch !== undefined) return matchesEntityTag(ifNoneMatch, head.httpEtag);
  const since = Date.parse(c.req.header("If-Modified-Since") ?? "");
  return Math.floor(head.uploaded.getTime() / 1000) * 1000 <= since;
}

/** Checks `If-Range` (RFC 9110, 13.1.5): strong comparison of tags, exact comparison of dates. */
function rangeStillHolds(c: Context, head: R2Object): boolean {
  const ifRange = c.req.header("If-Range");
  return (
    ifRange === undefined || ifRange === head.httpEtag || ifRange === head.uploaded.toUTCString()
  );
}

function wantedRange(c: Context, size: number): ByteRange | "whole" {
  const header = c.req.header("Range");
  const range = parseByteRange(header, size);
  if (range === "unsatisfiable") {
    throw new ProblemError({ kind: "range-not-satisfiable", range: header ?? "", size });
  }
  return range;
}
