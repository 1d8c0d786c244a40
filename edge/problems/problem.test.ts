import { Problem } from "@lemons/shared/contract/problem";
import { describe, expect, it } from "vitest";
import { type Failure, toProblem } from "./problem.ts";

const FAILURES: Failure[] = [
  { kind: "bad-request", errors: [{ field: "limit", message: "must be at least 1" }] },
  { kind: "malformed-json", reason: "unexpected end" },
  { kind: "unsupported-media-type", received: undefined, wanted: "application/json" },
  { kind: "body-too-large", limitBytes: 10 },
  { kind: "route-not-found", path: "/x" },
  { kind: "method-not-allowed", method: "PUT", allow: ["GET", "HEAD"] },
  { kind: "unknown-listener", id: "x" },
  { kind: "unknown-track", id: "x" },
  { kind: "unknown-explanation", id: "x" },
  { kind: "no-model", listener: "x" },
  { kind: "missing-object", key: "audio/x" },
  { kind: "missing-highlight", id: "x", name: "top-1" },
  { kind: "range-not-satisfiable", range: "bytes=9-", size: 9 },
  { kind: "explanation-failed", id: "x", attempts: 5, reason: "The gpu-worker is away." },
  { kind: "input-unusable", track: "x", reason: "Zero samples." },
  { kind: "link-refused", reason: "The link has expired." },
  { kind: "upload-refused", status: 411, reason: "Content-Length is needed." },
  { kind: "unknown-batch", id: "x" },
  { kind: "not-explained", listener: "x", track: "y" },
  { kind: "not-embeddable", url: "https://x.test/" },
  { kind: "format-not-implemented", format: "xml" },
  { kind: "internal" },
  { kind: "key-needed", scope: "upload" },
  { kind: "key-refused", refusal: { why: "unknown" } },
  { kind: "key-refused", refusal: { why: "expired", at: "2026-01-01T00:00:00.000Z" } },
  { kind: "missing-scope", scope: "admin" },
  { kind: "too-many-requests", seconds: 10 },
  { kind: "not-audio" },
  { kind: "storage-full", bytes: 10, storageBytes: 5 },
  { kind: "upload-failed", id: "x", attempts: 5, reason: "The gpu-worker is away." },
  { kind: "not-an-upload", id: "x" },
  { kind: "idempotency-in-progress" },
  { kind: "idempotency-key-reused" },
  { kind: "budget-spent", seconds: 15.2, remainingSeconds: 3, retryAfter: 3600 },
  { kind: "unknown-model", id: "x" },
  { kind: "listener-exists", id: "x" },
  { kind: "model-refused", reason: "the file is not an ONNX model" },
  { kind: "worker-away", reason: "It could not be reached.", retryAfter: 10 },
  { kind: "receiver-gone", until: "2026-11-25T00:00:00.000Z" },
  { kind: "too-many-webhooks", limit: 1000 },
  { kind: "head-not-fittable", reason: "nothing was listened to" },
  { kind: "explanation-not-ready", id: "x" },
  { kind: "cost-over-budget", seconds: 1200.1, budgetSeconds: 600 },
];

describe("toProblem", () => {
  it.each(FAILURES.map((failure) => [failure.kind, failure] as const))(
    "answers %s within the contract and under its own name",
    (kind, failure) => {
      const { body } = toProblem(failure, "request-7");
      expect(Problem.parse(body)).toEqual(body);
      expect(body).toMatchObject({ type: `/problems/${kind}`, instance: "request-7" });
      expect(body.detail.length).toBeGreaterThan(0);
    },
  );

  it("says in headers what HTTP wants there", () => {
    const headersOf = (failure: Failure) => toProblem(failure).headers;
    expect(headersOf(FAILURES[5]!)).toEqual({ Allow: "GET, HEAD" });
    expect(headersOf(FAILURES[12]!)).toEqual({ "Content-Range": "bytes */9" });
  });
});
