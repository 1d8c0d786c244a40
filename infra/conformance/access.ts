import { expect, it } from "vitest";
import { ask, makeKey, post, type Service, statusOf } from "./service.ts";

const QUESTION = { listener: "noor", track: "enigma-rag", type: "time" };

/** Keys, scopes and budgets. */
export function testAccess(service: Service): void {
  it("RFC 6750: a route that needs a key names the scope", async () => {
    const response = await ask(service, "/v1/tracks", { method: "POST", body: "x" });
    expect(await statusOf(response)).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toBe('Bearer realm="lemons", scope="upload"');
  });

  it("RFC 6750: an invalid key is refused, and so is one without the scope", async () => {
    const wrong = await ask(service, "/v1/tracks", {
      headers: { Authorization: "Bearer nonsense" },
    });
    expect(await statusOf(wrong)).toBe(401);
    expect(wrong.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
    const reader = await makeKey(service, ["read"]);
    const narrow = await post(service, "/v1/explanations", QUESTION, reader);
    expect(await statusOf(narrow)).toBe(403);
    expect(narrow.headers.get("WWW-Authenticate")).toContain('error="insufficient_scope"');
    expect(await statusOf(await ask(service, "/v1/batches", { headers: reader }))).toBe(403);
    expect(await statusOf(await ask(service, "/v1/batches"))).toBe(401);
  });

  it("RateLimit draft, OWASP API4: a spent budget is 429 with the remainder and Retry-After", async () => {
    const key = await makeKey(service, ["explain"], ["--compute-seconds", "20"]);
    // About eleven seconds each without a table: the budget pays for one of the two.
    const dear = { ...QUESTION, type: "source", neighbourhood: { kind: "sampled", samples: 2048 } };
    const answers = await Promise.all(
      [1, 2].map((segments) => post(service, "/v1/explanations", { ...dear, segments }, key)),
    );
    expect((await Promise.all(answers.map(statusOf))).sort()).toEqual([202, 429]);
    for (const { headers } of answers) {
      expect(headers.get("RateLimit-Policy")).toBe('"compute";q=20;qu="compute-seconds";w=86400');
      expect(headers.get("RateLimit")).toMatch(/^"compute";r=\d+;t=\d+$/);
    }
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it("OWASP API4: a request that costs more than a day's budget is refused before it runs", async () => {
    const key = await makeKey(service, ["explain"], ["--compute-seconds", "100"]);
    const neighbourhood = { kind: "sampled", samples: 8192 };
    const asked = { ...QUESTION, type: "time+source", neighbourhood };
    expect(await statusOf(await post(service, "/v1/explanations", asked, key))).toBe(403);
  });

  it("Fetch, CORS protocol: pages of other sites may read, and write with a key", async () => {
    const preflight = (headers: string) =>
      ask(service, "/v1/explanations", {
        method: "OPTIONS",
        headers: {
          Origin: "https://elsewhere.example",
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": headers,
        },
      });
    const reading = await preflight("content-type");
    expect(reading.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(reading.headers.get("Access-Control-Allow-Methods")).not.toContain("POST");
    const writing = await preflight("authorization, content-type");
    expect(writing.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    const read = await ask(service, "/v1/tracks?limit=1", {
      headers: { Origin: "https://elsewhere.example" },
    });
    await read.arrayBuffer();
    expect(read.headers.get("Access-Control-Expose-Headers")).toContain("RateLimit");
    expect(read.headers.has("Access-Control-Allow-Credentials")).toBe(false);
  });
}
