import { env } from "cloudflare:workers";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { beforeAll, describe, expect, it } from "vitest";
import { explanationKey } from "../../base/object-keys.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { problemOf, request } from "../../test/request.ts";

const id = (digit: string) => `${digit.repeat(32)}-${digit.repeat(32)}`;
const BODY = '{"as": "it is stored"}';

describe("a stored explanation", () => {
  let owner: TestKey;

  beforeAll(async () => {
    owner = await makeKey(["read"]);
    await env.BUCKET.put(explanationKey(ExplanationId.parse(id("1"))), BODY);
    await env.BUCKET.put(explanationKey(ExplanationId.parse(id("2"))), BODY, {
      customMetadata: { owner: owner.id },
    });
  });

  it("is returned as it is in the store, with its entity tag", async () => {
    const path = `/v1/explanations/${id("1")}`;
    const response = await request(path);
    expect([response.status, await response.text()]).toEqual([200, BODY]);
    expect(response.headers.get("Cache-Control")).toMatch(/public.*immutable/);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const etag = response.headers.get("ETag")!;
    const again = await request(path, { headers: { "If-None-Match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await request(path, { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("ETag")]).toEqual([200, "", etag]);
  });

  it("is visible to its owner alone if it is private, and kept by no cache", async () => {
    const path = `/v1/explanations/${id("2")}`;
    const other = await makeKey(["admin"]);
    for (const headers of [{}, other.headers] as HeadersInit[]) {
      expect(await problemOf(await request(path, { headers }))).toMatchObject({
        status: 404,
        type: "/problems/unknown-explanation",
      });
    }
    const response = await request(path, { headers: owner.headers });
    expect([response.status, await response.text()]).toEqual([200, BODY]);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
  });
});
