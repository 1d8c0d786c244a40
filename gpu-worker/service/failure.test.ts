import { Problem } from "@lemons/shared/contract/problem";
import { describe, expect, it } from "vitest";
import { ComputeClosedError, ComputeLostError } from "../engine/compute/node/compute.ts";
import { UnusableInputError } from "../engine/input-error.ts";
import { failureOf, problemOf, ServiceError, type ServiceFailure } from "./failure.ts";

const errors = [{ field: "id", message: "is wrong" }];
const FAILURES: [ServiceFailure, number][] = [
  [{ kind: "unauthorized" }, 401],
  [{ kind: "not-found" }, 404],
  [{ kind: "body-too-large", maxBytes: 10 }, 413],
  [{ kind: "request-invalid", errors }, 400],
  [{ kind: "link-refused", errors }, 400],
  [{ kind: "input-unusable", subject: "audio", reason: "no audio" }, 422],
  [{ kind: "input-unusable", subject: "stems", reason: "no stems" }, 422],
  [{ kind: "input-unusable", subject: "model", reason: "no model" }, 422],
  [{ kind: "input-unusable", subject: "request", reason: "too short" }, 422],
  [{ kind: "link-failed", reason: "gone" }, 502],
  [{ kind: "queue-full", waiting: 8 }, 429],
  [{ kind: "shutting-down" }, 503],
  [{ kind: "compute-lost", reason: "out of memory" }, 500],
  [{ kind: "unexpected" }, 500],
];

describe("problemOf", () => {
  it.each(FAILURES)("is a problem of the contract: %o", (failure, status) => {
    const problem = Problem.parse(problemOf(failure, "request-1"));
    expect(problem).toMatchObject({ status, instance: "request-1" });
    if ("reason" in failure) expect(problem.detail).toBe(failure.reason);
  });

  it("has a type for each", () => {
    const types = FAILURES.map(([failure]) => problemOf(failure, "").type);
    expect(new Set(types).size).toBe(FAILURES.length);
  });
});

describe("failureOf", () => {
  it("tells nothing of an error that was not foreseen", () => {
    expect(failureOf(new Error("secret"))).toEqual({ kind: "unexpected" });
    expect(failureOf(new ServiceError({ kind: "not-found" }))).toEqual({ kind: "not-found" });
    expect(failureOf(new UnusableInputError("stems", "too short"))).toEqual({
      kind: "input-unusable",
      subject: "stems",
      reason: "too short",
    });
    expect(failureOf(new ComputeLostError("gone"))).toEqual({
      kind: "compute-lost",
      reason: "gone",
    });
    expect(failureOf(new ComputeClosedError())).toEqual({ kind: "shutting-down" });
  });
});
