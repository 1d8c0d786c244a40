import { beforeAll, describe, expect, it } from "vitest";
import { seed } from "../test/catalogue.ts";
import { makeKey, type TestKey } from "../test/keys.ts";
import { post, problemOf, request } from "../test/request.ts";

const ask = (headers: Record<string, string>) => request("/v1/tracks", { headers });
const QUESTION = { listener: "zoe", track: "alpha", type: "time" };

describe("authenticate", () => {
  let reader: TestKey;
  beforeAll(async () => {
    await seed();
    reader = await makeKey(["read"]);
  });

  it("lets callers read without a key, and with a valid one that has the scope", async () => {
    for (const headers of [{}, reader.headers, (await makeKey(["admin"])).headers]) {
      const response = await ask(headers as Record<string, string>);
      expect(response.status).toBe(200);
      expect(response.headers.get("Vary")).toContain("Authorization");
      await response.text();
    }
  });

  it.each([
    "Basic dXNlcjpwYXNz",
    "Bearer",
    "Bearer  ",
    "Bearer a b",
    "Bearer lemons_short",
    "lemons_0123456789abcdef",
  ])("rejects %j as a malformed key", async (Authorization) => {
    const response = await ask({ Authorization });
    expect(response.headers.get("WWW-Authenticate")).toMatch(
      /^Bearer realm="lemons", error="invalid_token"/,
    );
    expect(await problemOf(response)).toMatchObject({ status: 401, type: "/problems/key-refused" });
  });

  it("says only to its holder that a key expired or was revoked", async () => {
    const past = new Date(Date.now() - 1000);
    const expired = await makeKey(["read"], { expiresAt: past });
    const revoked = await makeKey(["read"], { revokedAt: past });
    const detail = async (token: string) =>
      (await problemOf(await ask({ Authorization: `Bearer ${token}` }))).detail;
    expect(await detail(expired.token)).toBe(`This API key expired at ${past.toISOString()}.`);
    expect(await detail(revoked.token)).toBe(`This API key was revoked at ${past.toISOString()}.`);
    for (const { token } of [expired, revoked, reader]) {
      // The right id with another secret, as someone who saw a list of keys might try.
      const guess = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
      expect(await detail(guess)).toBe("This API key isn't valid.");
    }
    const unknown = reader.token.replace(reader.id, "0000000000000000");
    expect(await detail(unknown)).toBe("This API key isn't valid.");
  });

  it("names the scope that a key lacks", async () => {
    const response = await post("/v1/explanations", QUESTION, reader.headers);
    expect(response.headers.get("WWW-Authenticate")).toBe(
      'Bearer realm="lemons", error="insufficient_scope", scope="explain"',
    );
    expect(await problemOf(response)).toMatchObject({
      status: 403,
      type: "/problems/missing-scope",
      detail: "This API key lacks the scope 'explain'. Use a key that has it.",
    });
    const explainer = await makeKey(["explain"]);
    expect(await problemOf(await ask(explainer.headers))).toMatchObject({
      status: 403,
      detail: "This API key lacks the scope 'read'. Use a key that has it.",
    });
  });

  it("lets preflights through without a key", async () => {
    const response = await request("/v1/explanations", {
      method: "OPTIONS",
      headers: { Origin: "https://elsewhere.test", "Access-Control-Request-Method": "GET" },
    });
    expect(response.status).toBe(204);
  });

  it("lets pages of other origins write only with their own key", async () => {
    const preflight = async (headers: string) => {
      const response = await request("/v1/explanations", {
        method: "OPTIONS",
        headers: {
          Origin: "https://elsewhere.test",
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": headers,
        },
      });
      return {
        methods: response.headers.get("Access-Control-Allow-Methods"),
        headers: response.headers.get("Access-Control-Allow-Headers"),
      };
    };
    const without = await preflight("content-type");
    expect(without.methods).toBe("GET,HEAD");
    expect(without.headers).not.toContain("Content-Type");
    const withKey = await preflight("authorization,content-type");
    expect(withKey.methods).toContain("POST");
    for (const name of ["Authorization", "Content-Type", "Idempotency-Key", "Prefer"]) {
      expect(withKey.headers).toContain(name);
    }
  });

  it.each([
    ["another site", { "Sec-Fetch-Site": "cross-site" }],
    ["another origin of this site", { "Sec-Fetch-Site": "same-site" }],
    ["another origin, in browsers without Fetch Metadata", { Origin: "https://elsewhere.test" }],
    ["a sandboxed frame, in browsers without Fetch Metadata", { Origin: "null" }],
  ])(
    "refuses keyless writes from a page of %s, whatever the preflight allowed",
    async (_page, headers) => {
      const response = await post("/v1/explanations", QUESTION, headers);
      expect(response.headers.get("RateLimit")).toBeNull();
      expect(await problemOf(response)).toMatchObject({
        status: 401,
        type: "/problems/key-needed",
      });
      const read = await ask(headers);
      expect(read.status).toBe(200);
      await read.text();
    },
  );

  it.each([
    ["no page", {}],
    ["a page of this origin", { "Sec-Fetch-Site": "same-origin" }],
    ["a page of this origin, in browsers without Fetch Metadata", { Origin: "http://lemons.test" }],
    ["the user", { "Sec-Fetch-Site": "none" }],
  ])("admits keyless writes from %s", async (_from, headers) => {
    const response = await post("/v1/explanations", { ...QUESTION, listener: "nemo" }, headers);
    expect(await problemOf(response)).toMatchObject({
      status: 404,
      type: "/problems/unknown-listener",
    });
  });

  it("admits writes with a key from any page", async () => {
    const { headers } = await makeKey(["explain"]);
    const elsewhere = { "Sec-Fetch-Site": "cross-site", Origin: "https://elsewhere.test" };
    const question = { ...QUESTION, listener: "nemo" };
    const response = await post("/v1/explanations", question, { ...headers, ...elsewhere });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await problemOf(response)).type).toBe("/problems/unknown-listener");
  });
});
