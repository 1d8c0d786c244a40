import { Problem } from "@lemons/shared/contract/problem";
import { describe, expect, it } from "vitest";
import { type Failure, toProblem } from "./problem.ts";

type FailureOf<K extends Failure["kind"]> = Extract<Failure, { kind: K }>;

const EXPLANATION = { id: "x", attempts: 5, reason: "The gpu-worker is away." };

// One of every kind: a missing kind doesn't compile.
const FACTS: { [K in Failure["kind"]]: Omit<FailureOf<K>, "kind"> } = {
  "bad-request": { errors: [{ field: "limit", message: "must be at least 1" }] },
  "malformed-json": { reason: "unexpected end" },
  "unsupported-media-type": { received: undefined, wanted: "application/json" },
  "body-too-large": { limitBytes: 10 },
  "route-not-found": { path: "/x" },
  "method-not-allowed": { method: "PUT", allow: ["GET", "HEAD"] },
  "format-not-implemented": { format: "xml" },
  "range-not-satisfiable": { range: "bytes=9-", size: 9 },
  "idempotency-in-progress": {},
  "idempotency-key-reused": {},
  internal: {},
  "key-needed": { scope: "upload" },
  "key-refused": { refusal: { why: "unknown" } },
  "missing-scope": { scope: "admin" },
  "too-many-requests": { seconds: 10 },
  "budget-spent": { seconds: 15.2, remainingSeconds: 3, retryAfter: 3600 },
  "cost-over-budget": { seconds: 1200.1, budgetSeconds: 600 },
  "not-audio": {},
  "storage-full": { bytes: 10, storageBytes: 5 },
  "too-many-uploads": { limit: 8 },
  "uploads-busy": {},
  "upload-stalled": {},
  "visitors-full": {},
  "upload-failed": EXPLANATION,
  "not-an-upload": { id: "x" },
  "unknown-song": {},
  "unknown-listener": { id: "x" },
  "listener-exists": { id: "x" },
  "too-many-listeners": { limit: 100 },
  "unknown-track": { id: "x" },
  "missing-object": { key: "audio/x" },
  "no-model": { listener: "x" },
  "head-not-fittable": { reason: "nothing was listened to" },
  "unknown-model": { id: "x" },
  "model-refused": { reason: "the file is not an ONNX model" },
  "worker-away": { reason: "It could not be reached.", retryAfter: 10 },
  "unknown-batch": { id: "x" },
  "unknown-explanation": { id: "x" },
  "not-explained": { listener: "x", track: "y" },
  "input-unusable": { track: "x", reason: "Zero samples." },
  "explanation-not-ready": { id: "x" },
  "explanation-failed": EXPLANATION,
  "missing-table": { id: "x" },
  "missing-highlight": { id: "x", name: "top-1" },
  "missing-stem": { id: "x", source: "harp", sources: ["drums"] },
  "audio-not-ready": { id: "x" },
  "audio-failed": EXPLANATION,
  "private-explanation": { id: "x" },
  "not-private": { id: "x" },
  "link-expired": { at: "2026-11-25T00:00:00.000Z" },
  "link-leads-nowhere": {},
  "not-embeddable": { url: "https://x.test/" },
  "link-refused": { reason: "The link has expired." },
  "upload-refused": { status: 411, reason: "Content-Length is needed." },
  "receiver-gone": { until: "2026-11-25T00:00:00.000Z" },
  "too-many-webhooks": { limit: 1000 },
  "unknown-delivery": { id: "x" },
  "delivery-pending": { id: "x" },
};

const FAILURES = Object.entries(FACTS).map(([kind, facts]) => ({ kind, ...facts }) as Failure);

describe("toProblem", () => {
  it.each(FAILURES.map((failure) => [failure.kind, failure] as const))(
    "maps %s to valid problem details of its own type",
    (kind, failure) => {
      const { body } = toProblem(failure, "request-7");
      expect(Problem.parse(body)).toEqual(body);
      expect(body).toMatchObject({ type: `/problems/${kind}`, instance: "request-7" });
      expect(body.detail.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ["malformed", "Bearer"],
    ["unknown", "isn't valid"],
    ["expired", "expired at 2026"],
    ["revoked", "revoked at 2026"],
  ] as const)("tells why a key is %s", (why, words) => {
    const refusal = { why, at: "2026-01-01T00:00:00.000Z" };
    expect(toProblem({ kind: "key-refused", refusal }).body.detail).toContain(words);
  });

  it("sets the headers that HTTP requires", () => {
    const headersOf = (failure: Failure) => toProblem(failure).headers;
    const allow = ["GET", "HEAD"];
    expect(headersOf({ kind: "method-not-allowed", method: "PUT", allow })).toEqual({
      Allow: "GET, HEAD",
    });
    expect(headersOf({ kind: "range-not-satisfiable", range: "bytes=9-", size: 9 })).toEqual({
      "Content-Range": "bytes */9",
    });
  });
});
