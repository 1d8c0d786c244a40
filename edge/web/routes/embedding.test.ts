import { OEmbed } from "@lemons/shared/contract/sharing";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { explainWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";

const ORIGIN = "http://lemons.test";
const NEVER_REQUESTED = `${"0".repeat(32)}-${"1".repeat(32)}`;
const TITLE = `The "bravo" o'clock`;

let id: string;

beforeAll(async () => {
  await seed();
  standInForGpuWorker({ explain: explainWell });
  const response = await post(
    "/v1/explanations",
    {
      listener: "zoe",
      track: "bravo",
      type: "time",
      neighbourhood: { kind: "sampled", samples: 64, seed: 99 },
    },
    { Prefer: "wait=20" },
  );
  id = (await response.json<{ id: string }>()).id;
  vi.unstubAllGlobals();
});
afterEach(() => vi.unstubAllGlobals());

const directive = (response: Response, name: string) =>
  response.headers
    .get("Content-Security-Policy")
    ?.split("; ")
    .find((each) => each.startsWith(`${name} `));

describe("GET /embed/{explanation}", () => {
  it("allows framing by any page, with an otherwise unchanged content policy", async () => {
    const response = await request(`/embed/${id}`);
    expect(response.status).toBe(200);
    expect(directive(response, "frame-ancestors")).toBe("frame-ancestors 'self' *");
    expect(directive(response, "script-src")).toBe("script-src 'self' 'wasm-unsafe-eval'");
    expect(directive(response, "style-src")).toBe("style-src 'self'");
    expect(response.headers.get("X-Frame-Options")).toBeNull();
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    const other = await request("/");
    expect(directive(other, "frame-ancestors")).toBe("frame-ancestors 'none'");
    expect(other.headers.get("X-Frame-Options")).toBe("SAMEORIGIN");
  });

  it("passes its options to the player, and shows the attribution without scripts", async () => {
    const page = await (
      await request(
        `/embed/${id}?theme=dark&type=time+source&start=3.5&controls=compact&lang=de&_=1`,
      )
    ).text();
    expect(page).toContain(
      `<lemons-player explanation="${id}" view="time+source" theme="dark" controls="compact" lang="de" data-start="3.5"`,
    );
    expect(page).toMatch(/<noscript lang="en">.*Robert&#39;\); DROP TABLE.*CC0-1\.0.*none/s);
    expect(page).toMatch(/<html lang="de".*<title>.* von .*<main aria-label="Warum /s);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it.each([
    ["theme=pink", "theme"],
    ["start=soon", "start"],
    ["start=-1", "start"],
    ["parts=%22%3E", "parts"],
    ["type=colour", "type"],
  ])("refuses ?%s", async (query, field) => {
    const problem = await problemOf(
      await request(`/embed/${id}?${query}`, { headers: { Accept: "application/json" } }),
    );
    expect(problem).toMatchObject({ status: 400, fields: [field] });
  });

  it("returns 404 for an unknown explanation", async () => {
    for (const path of [`/embed/${NEVER_REQUESTED}`, "/embed/nonsense", `/e/${NEVER_REQUESTED}`]) {
      const headers = { Accept: "application/json" };
      expect((await request(path, { headers })).status, path).toBe(404);
    }
  });
});

describe("GET /embed/{listener}/{track}", () => {
  it("returns 404 if the track isn't explained yet", async () => {
    const headers = { Accept: "application/json" };
    const problem = await problemOf(await request("/embed/zoe/alpha", { headers }));
    expect(problem).toMatchObject({ status: 404, type: "/problems/not-explained" });
    expect((await request("/embed/nemo/alpha", { headers })).status).toBe(404);
  });
});

describe("GET /e/{explanation}", () => {
  it("has Open Graph, player card and oEmbed tags", async () => {
    const response = await request(`/e/${id}`);
    const page = await response.text();
    const content = (name: string) =>
      new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(page)?.[1];
    expect(content("og:url")).toBe(`${ORIGIN}/e/${id}`);
    expect(content("og:image")).toBe(`${ORIGIN}/e/${id}/picture.png`);
    expect(content("twitter:card")).toBe("player");
    expect(content("twitter:player")).toBe(`${ORIGIN}/embed/${id}`);
    expect(page).toContain(
      `href="${ORIGIN}/oembed?url=${encodeURIComponent(`${ORIGIN}/e/${id}`)}"`,
    );
    expect(page).toContain("Robert&#39;); DROP TABLE");
  });
});

describe("GET /oembed", () => {
  const oembed = (url: string, more = "") =>
    request(`/oembed?url=${encodeURIComponent(url)}${more}`);

  it("returns an iframe, with the track's author, licence and changes", async () => {
    const response = await oembed(`${ORIGIN}/e/${id}`);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const answer = OEmbed.parse(await response.json());
    expect(answer).toMatchObject({
      author_name: "Robert'); DROP TABLE tracks;--",
      license: "CC0-1.0",
      changes: "none",
      width: 800,
      height: 980,
    });
    expect(answer.title).toContain(TITLE);
    expect(answer.html).toMatch(
      new RegExp(`^<iframe src="${ORIGIN}/embed/${id}" width="800" height="980" title="[^"<>]*" `),
    );
  });

  it("stays within maxwidth and maxheight", async () => {
    const answer = OEmbed.parse(
      await (await oembed(`${ORIGIN}/embed/${id}`, "&maxwidth=300&maxheight=200")).json(),
    );
    expect([answer.width, answer.height]).toEqual([300, 200]);
    expect(answer.html).toContain('width="300" height="200"');
    expect(answer.html).toContain("controls=compact");
  });

  it("returns 404 for other addresses, 501 for XML, and 400 for invalid values", async () => {
    expect((await oembed("https://elsewhere.test/e/1")).status).toBe(404);
    expect((await oembed(`${ORIGIN}/e/${NEVER_REQUESTED}`)).status).toBe(404);
    expect((await oembed(`${ORIGIN}/e/${id}`, "&format=xml")).status).toBe(501);
    expect((await request("/oembed")).status).toBe(400);
    expect((await oembed(`${ORIGIN}/e/${id}`, "&maxwidth=wide")).status).toBe(400);
  });
});

describe("cross-origin embedding", () => {
  it("is allowed for everything under /v1", async () => {
    const response = await request(`/v1/explanations/${id}`);
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect((await request("/")).headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
  });
});
