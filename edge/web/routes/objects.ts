import { SourceName } from "@lemons/shared/contract/explanation-request";
import { ExplanationId, ModelId, StemsId, TableId } from "@lemons/shared/contract/identifier";
import { MAX_TABLE_BYTES } from "@lemons/shared/what-if/table-format";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { settingsOf } from "../../base/env.ts";
import { parseSha256Digest } from "../../base/http/header-fields.ts";
import { serveObject } from "../../base/http/serve-object.ts";
import { explanationKey, modelKey, tableRecordKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { MAX_PUBLISHED_BYTES } from "../../catalogue/models/published-files.ts";
import { linkFault } from "../../worker/object-link.ts";
import { createRouter } from "./create-app.ts";

/** Exceeds any mp3 of 30 s, highlight or source. */
const MAX_RENDERED_BYTES = 8 * 1024 * 1024;
const HIGHLIGHT_KEY = /^explanations\/([^/]+)\/top-[13]\.mp3$/;
const RENDERED_STEM_KEY = /^stems\/([0-9a-f]{64})\/([a-z]+-[0-9a-z.]+)\/([^/]+)\.mp3$/;
const TABLE_KEY = /^tables\/([^/]+)\.bin$/;
/** The encoder of a model that is being published. */
const ENCODER_KEY = /^models\/([a-z0-9-]+)\/([0-9a-f]{64})\/encoder\.onnx$/;
const READABLE_KEY = /^(?:audio|stems|models|encoders|tables)\//;

/** Routes of signed links, the gpu-worker's only access to stored bytes. Not part of the public API. */
export const objectRoutes = createRouter();

objectRoutes.get("/objects/:key{.+}", async (c) => {
  const key = await verifyLink(c);
  if (!READABLE_KEY.test(key))
    throw new ProblemError({ kind: "link-refused", reason: NOT_LINKABLE });
  return serveObject(c, {
    key,
    contentType: "application/octet-stream",
    cacheControl: "private, no-store",
  });
});

objectRoutes.put("/objects/:key{.+}", async (c) => {
  const key = await verifyLink(c);
  const upload = uploadRules(key);
  if (upload === null) throw new ProblemError({ kind: "link-refused", reason: NOT_LINKABLE });
  const sha256 = checkUploadHeaders(c, upload.maxBytes);
  const [finished, stored] = await Promise.all([
    c.env.BUCKET.head(upload.finishedBy),
    c.env.BUCKET.head(key),
  ]);
  if (finished !== null && (stored !== null || !upload.mayFollow)) {
    throw refused(409, "The object is complete and can't be changed.");
  }
  try {
    await c.env.BUCKET.put(key, c.req.raw.body, {
      sha256,
      httpMetadata: { contentType: upload.contentType },
    });
  } catch (error) {
    if (isDigestMismatch(error)) {
      throw refused(400, "The bytes don't match Content-Digest.");
    }
    throw error;
  }
  c.header("Cache-Control", "private, no-store");
  return c.body(null, 204);
});

/** The rules for storing an object by link. */
interface UploadRules {
  maxBytes: number;
  contentType: string;
  /** Key of the object whose existence makes this one immutable. */
  finishedBy: string;
  /** True if a missing object can still be stored after that. */
  mayFollow: boolean;
}

function uploadRules(key: string): UploadRules | null {
  const explanation = ExplanationId.safeParse(HIGHLIGHT_KEY.exec(key)?.[1]);
  if (explanation.success) {
    return {
      maxBytes: MAX_RENDERED_BYTES,
      contentType: "audio/mpeg",
      finishedBy: explanationKey(explanation.data),
      mayFollow: true,
    };
  }
  const [, sound, separator, source] = RENDERED_STEM_KEY.exec(key) ?? [];
  if (SourceName.safeParse(source).success && StemsId.safeParse(`${sound}-${separator}`).success) {
    return {
      maxBytes: MAX_RENDERED_BYTES,
      contentType: "audio/mpeg",
      // Immutable from the moment it is stored.
      finishedBy: key,
      mayFollow: true,
    };
  }
  const [, name, version] = ENCODER_KEY.exec(key) ?? [];
  const model = ModelId.safeParse(name);
  if (model.success && version !== undefined) {
    return {
      maxBytes: MAX_PUBLISHED_BYTES,
      contentType: "application/octet-stream",
      finishedBy: modelKey(model.data, version, "model.json"),
      mayFollow: false,
    };
  }
  const table = TableId.safeParse(TABLE_KEY.exec(key)?.[1]);
  if (!table.success) return null;
  return {
    maxBytes: MAX_TABLE_BYTES,
    contentType: "application/octet-stream",
    finishedBy: tableRecordKey(table.data),
    mayFollow: false,
  };
}

const NOT_LINKABLE = "Signed links don't cover this object and method.";

async function verifyLink(c: Context<AppEnv>): Promise<string> {
  const link = {
    method: c.req.raw.method === "HEAD" ? "GET" : c.req.raw.method,
    key: c.req.param("key") ?? "",
    expires: c.req.query("expires"),
    signature: c.req.query("signature"),
  };
  const fault = await linkFault(settingsOf(c.env), link, new Date());
  if (fault !== null) throw new ProblemError({ kind: "link-refused", reason: fault });
  return link.key;
}

/** Checks the headers of an upload, and returns the SHA-256 that its bytes must have. */
function checkUploadHeaders(c: Context<AppEnv>, maxBytes: number): ArrayBuffer {
  const length = c.req.header("Content-Length");
  if (length === undefined || !/^\d{1,15}$/.test(length)) {
    throw refused(411, "Content-Length is missing.");
  }
  if (Number(length) > maxBytes) {
    throw refused(413, `The body exceeds ${maxBytes} bytes.`);
  }
  if (Number(length) === 0 || c.req.raw.body === null) throw refused(400, "The body is empty.");
  const sha256 = parseSha256Digest(c.req.header("Content-Digest"));
  if (sha256 === null) throw refused(400, "Content-Digest with one sha-256 value is missing.");
  return sha256;
}

function refused(status: 400 | 409 | 411 | 413, reason: string): ProblemError {
  return new ProblemError({ kind: "upload-refused", status, reason });
}

/** R2 reports a mismatch only in the error's message. */
function isDigestMismatch(error: unknown): boolean {
  return error instanceof Error && /sha-?256|checksum|hash/i.test(error.message);
}
