import { expect, it } from "vitest";
import { ask, post, type Service, statusOf } from "./service.ts";

const QUESTION = { listener: "yuki", track: "megaglest-medieval", type: "time" };
const EXPLAINED_WITHIN_MS = 120_000;

/** Requesting an explanation and waiting for it. */
export function testPreferences(service: Service): void {
  it("RFC 7240, 4.1: respond-async gets 202 at once with the explanation's Location", async () => {
    const response = await post(service, "/v1/explanations", QUESTION, { Prefer: "respond-async" });
    expect(await statusOf(response)).toBe(202);
    expect(response.headers.get("Preference-Applied")).toBe("respond-async");
    expect(response.headers.get("Location")).toMatch(
      /^\/v1\/explanations\/[0-9a-f]{32}-[0-9a-f]{32}$/,
    );
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it("RFC 7240, 4.3: wait holds the answer; RFC 9111: it may be cached for ever", async () => {
    const until = Date.now() + EXPLAINED_WITHIN_MS;
    let response: Response;
    do {
      response = await post(service, "/v1/explanations", QUESTION, { Prefer: "wait=20" });
      expect(response.headers.get("Preference-Applied")).toBe("wait=20");
      expect([200, 202]).toContain(await statusOf(response));
    } while (response.status === 202 && Date.now() < until);
    expect(response.status).toBe(200);
    const location = response.headers.get("Content-Location")!;
    const kept = await ask(service, location);
    expect(await statusOf(kept)).toBe(200);
    expect(kept.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    const etag = kept.headers.get("ETag")!;
    const again = await ask(service, location, { headers: { "If-None-Match": etag } });
    expect(await statusOf(again)).toBe(304);
    const head = await ask(service, location, { method: "HEAD" });
    expect([head.status, head.headers.get("ETag")]).toEqual([200, etag]);
  }, 180_000);
}
