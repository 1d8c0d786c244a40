import { Problem } from "@lemons/shared/contract/problem";
import { expect, it } from "vitest";
import { ask, post, type Service, statusOf } from "./service.ts";

const AUDIO = "/v1/tracks/wesnoth-battle-epic/audio";
const READABLE = [
  "/v1/listeners",
  "/v1/listeners/ilse",
  "/v1/tracks?limit=3",
  "/v1/tracks/wesnoth-battle-epic",
  AUDIO,
  "/openapi.json",
];

/** HTTP Semantics (RFC 9110) and what goes with it. */
export function testHttpSemantics(service: Service): void {
  it.each(READABLE)("RFC 9110, 9.3.2: HEAD %s is GET without the content", async (path) => {
    const [get, head] = [await ask(service, path), await ask(service, path, { method: "HEAD" })];
    expect(head.status).toBe(get.status);
    for (const name of ["Content-Type", "ETag", "Cache-Control", "Vary"]) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    expect((await get.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it.each(READABLE)("RFC 9110, 13.1.2: %s is not sent to who has it", async (path) => {
    const first = await ask(service, path);
    await first.arrayBuffer();
    const etag = first.headers.get("ETag")!;
    expect(etag).toMatch(/^(?:W\/)?"[^"]+"$/);
    for (const tag of [etag, `"other", ${etag}`, "*"]) {
      const again = await ask(service, path, { headers: { "If-None-Match": tag } });
      expect([tag, again.status]).toEqual([tag, 304]);
      expect(again.headers.get("ETag")).toBe(etag);
    }
    const other = await ask(service, path, { headers: { "If-None-Match": '"other"' } });
    expect(await statusOf(other)).toBe(200);
  });

  it.each([
    ["/v1/explanations", ["POST"]],
    ["/v1/tracks", ["GET", "POST"]],
  ])("RFC 9110, 9.3.7: OPTIONS %s says what is allowed", async (path, allowed) => {
    const response = await ask(service, path, { method: "OPTIONS" });
    expect(await statusOf(response)).toBe(204);
    expect(response.headers.get("Allow")?.split(", ")).toEqual(expect.arrayContaining(allowed));
  });

  it.each(READABLE.filter((path) => path.startsWith("/v1/")))(
    "RFC 9111, 5.2: %s says who may keep it",
    async (path) => {
      const response = await ask(service, path);
      await response.arrayBuffer();
      expect(response.headers.get("Cache-Control")).toMatch(/^(?:no-cache|public, max-age=)/);
    },
  );

  it("RFC 9110, 13.1.3 and 13.2.2: unmodified bytes are not sent again", async () => {
    const first = await ask(service, AUDIO);
    await first.arrayBuffer();
    const stored = first.headers.get("Last-Modified")!;
    const before = new Date(Date.parse(stored) - 1000).toUTCString();
    const sent = async (headers: Record<string, string>) =>
      statusOf(await ask(service, AUDIO, { headers }));
    expect(await sent({ "If-Modified-Since": stored })).toBe(304);
    expect(await sent({ "If-Modified-Since": before })).toBe(200);
    expect(await sent({ "If-Modified-Since": "not a date" })).toBe(200);
    expect(await sent({ "If-Modified-Since": stored, "If-None-Match": '"other"' })).toBe(200);
  });

  it("RFC 9110, 14: one range of audio", async () => {
    const whole = new Uint8Array(await (await ask(service, AUDIO)).arrayBuffer());
    const part = await ask(service, AUDIO, { headers: { Range: "bytes=100-199" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("Content-Range")).toBe(`bytes 100-199/${whole.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(100, 200));
    const beyond = await ask(service, AUDIO, { headers: { Range: `bytes=${whole.length}-` } });
    expect(await statusOf(beyond)).toBe(416);
    expect(beyond.headers.get("Content-Range")).toBe(`bytes */${whole.length}`);
  });

  it("RFC 9110, 13.1.5: a range of a changed object is the whole object", async () => {
    const headers = { Range: "bytes=0-9", "If-Range": '"an-earlier-one"' };
    expect(await statusOf(await ask(service, AUDIO, { headers }))).toBe(200);
  });

  it.each([
    ["DELETE", "/v1/listeners", ["GET"]],
    ["PATCH", "/v1/explanations", ["POST"]],
    ["PUT", "/v1/tracks", ["GET", "POST"]],
  ])("RFC 9110, 15.5.6: %s %s is 405 and says what is allowed", async (method, path, allowed) => {
    const response = await ask(service, path, { method });
    expect(await statusOf(response)).toBe(405);
    const allow = response.headers.get("Allow")?.split(/,\s*/);
    expect(allow).toEqual(expect.arrayContaining(allowed));
  });

  it.each([
    ["/v1/nothing", 404],
    ["/v1/tracks/none", 404],
    ["/v1/tracks?limit=0", 400],
    ["/v1/tracks?nonsense=1", 400],
    ["/v1/explanations/none", 400],
    [`/v1/explanations/${"0".repeat(32)}-${"0".repeat(32)}`, 404],
  ])("RFC 9457: %s is problem details with status %i", async (path, status) => {
    const response = await ask(service, path);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const problem = Problem.parse(await response.json());
    expect([response.status, problem.status]).toEqual([status, status]);
    expect(problem.instance).toBe(response.headers.get("X-Request-Id"));
  });

  it.each([
    ["{", 400],
    ["[]", 400],
    ['{"listener":"ilse"}', 400],
  ])("RFC 9457: the body %s is refused with the fields that are wrong", async (body, status) => {
    const headers = { "Content-Type": "application/json" };
    const response = await ask(service, "/v1/explanations", { method: "POST", headers, body });
    expect(response.status).toBe(status);
    expect(Problem.parse(await response.json()).errors?.length).toBeGreaterThan(0);
  });

  it("RFC 9110, 15.5.16: a body of another media type is 415", async () => {
    const headers = { "Content-Type": "text/plain" };
    const response = await ask(service, "/v1/explanations", {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(await statusOf(response)).toBe(415);
  });

  it("design 8: request ids are echoed or made; Server-Timing has the duration", async () => {
    const named = await ask(service, "/v1/tracks?limit=1", {
      headers: { "X-Request-Id": "mine-1" },
    });
    expect(named.headers.get("X-Request-Id")).toBe("mine-1");
    expect(named.headers.get("Server-Timing")).toMatch(/total;dur=/);
    await named.arrayBuffer();
    const unnamed = await ask(service, "/v1/tracks?limit=1");
    expect(unnamed.headers.get("X-Request-Id")).toMatch(/^\S{8,}$/);
    await unnamed.arrayBuffer();
  });

  it("design 8: lists are paged by an opaque cursor, without gap or repetition", async () => {
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const response = await ask(service, `/v1/tracks?limit=7${query}`);
      const page = (await response.json()) as {
        tracks: { id: string }[];
        nextCursor: string | null;
      };
      ids.push(...page.tracks.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids.length).toBeGreaterThan(50);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it("OWASP API4: a body over its limit is refused", async () => {
    const body = { listener: "ilse", track: "x".repeat(20_000), type: "time" };
    expect(await statusOf(await post(service, "/v1/explanations", body))).toBe(413);
  });

  it("OWASP API4: parameters have bounds", async () => {
    const asked = { listener: "ilse", track: "wesnoth-battle-epic", type: "time" };
    for (const excess of [
      { segments: 9 },
      { segments: 0 },
      { kernelWidth: 11 },
      { kernelWidth: 0.001 },
      { neighbourhood: { kind: "sampled", samples: 8193 } },
    ]) {
      expect(await statusOf(await post(service, "/v1/explanations", { ...asked, ...excess }))).toBe(
        400,
      );
    }
  });
}
