import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ObjectStore, startObjectStore } from "./fixtures/object-store.ts";
import { createObjectLinks } from "./object-links.ts";

const BYTES = new TextEncoder().encode("some bytes");
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const never = new AbortController().signal;

let store: ObjectStore;
beforeAll(async () => {
  store = await startObjectStore();
});
afterAll(() => store.close());

function links(options: { timeoutMs?: number; cacheBytes?: number; cacheMs?: number } = {}) {
  return createObjectLinks({
    allowedOrigins: new Set([store.origin, "https://objects.example"]),
    timeoutMs: 2000,
    retryBaseMs: 1,
    ...options,
  });
}

function wanted(url: string, more: { sha256?: string; maxBytes?: number } = {}) {
  return { url, sha256: SHA256, maxBytes: 1000, what: "the audio", ...more };
}

function requestsTo(path: string): number {
  return store.requests.filter((request) => request.endsWith(` ${path}`)).length;
}

describe("refusal", () => {
  it.each([
    ["https://elsewhere.example/a", "leads to https://elsewhere.example"],
    ["https://objects.example.evil.example/a", "not an allowed origin"],
    ["https://objects.example:8443/a", "not an allowed origin"],
    ["http://objects.example/a", "must use https"],
    ["https://user:pass@objects.example/a", "user name"],
    ["file:///etc/passwd", "must use https"],
    ["objects.example/a", "not a URL"],
  ])("refuses %s", (url, reason) => {
    expect(links().refusal(url)).toContain(reason);
  });

  it("allows the listed origins, also http on loopback", () => {
    expect(links().refusal("https://objects.example/a?signature=1")).toBeNull();
    expect(links().refusal(`${store.origin}/a`)).toBeNull();
  });
});

describe("get", () => {
  it("caches bytes of the right hash", async () => {
    const objects = links();
    const { url } = store.add("/good", BYTES);
    expect(Buffer.from(await objects.get(wanted(url), never))).toEqual(Buffer.from(BYTES));
    expect(Buffer.from(await objects.get(wanted(url), never))).toEqual(Buffer.from(BYTES));
    expect(requestsTo("/good")).toBe(1);
  });

  it("refuses bytes of another hash and doesn't cache them", async () => {
    const objects = links();
    const { url } = store.add("/wrong", new TextEncoder().encode("other bytes"));
    await expect(objects.get(wanted(url), never)).rejects.toThrow("its SHA-256 is");
    store.add("/wrong", BYTES);
    await expect(objects.get(wanted(url), never)).resolves.toHaveLength(BYTES.length);
  });

  it("doesn't retry 404", async () => {
    await expect(links().get(wanted(`${store.origin}/missing`), never)).rejects.toMatchObject({
      failure: { kind: "link-failed", reason: expect.stringContaining("answered 404") },
    });
    expect(requestsTo("/missing")).toBe(1);
  });

  it("retries 503", async () => {
    let calls = 0;
    const { url } = store.behave("/flaky", (_request, response) => {
      calls++;
      if (calls < 3) response.writeHead(503).end();
      else response.end(BYTES);
    });
    await expect(links().get(wanted(url), never)).resolves.toHaveLength(BYTES.length);
    expect(calls).toBe(3);
  });

  it("gives up after four attempts", async () => {
    const { url } = store.behave("/down", (_request, response) => response.writeHead(500).end());
    await expect(links().get(wanted(url), never)).rejects.toThrow("answered 500");
    expect(requestsTo("/down")).toBe(4);
  });

  it("doesn't follow a redirect", async () => {
    store.add("/target", BYTES);
    const { url } = store.behave("/moved", (_request, response) =>
      response.writeHead(302, { Location: `${store.origin}/target` }).end(),
    );
    await expect(links().get(wanted(url), never)).rejects.toThrow("redirects are not followed");
    expect(requestsTo("/target")).toBe(0);
  });

  it("stops at the size limit without a Content-Length", async () => {
    let sent = 0;
    const { url } = store.behave("/endless", (_request, response) => {
      const more = () => {
        if (response.destroyed) return;
        sent += 500;
        response.write(new Uint8Array(500));
        setImmediate(more);
      };
      more();
    });
    await expect(links().get(wanted(url), never)).rejects.toThrow("more than 1000 bytes");
    expect(sent).toBeGreaterThan(1000);
  });

  it("times out if the store doesn't respond", async () => {
    const { url } = store.behave("/silent", () => {});
    await expect(links({ timeoutMs: 30 }).get(wanted(url), never)).rejects.toThrow(
      "not finished within 0.03 s",
    );
  });

  it("throws the signal's reason on abort", async () => {
    const controller = new AbortController();
    const { url } = store.behave("/slow", () => controller.abort(new Error("enough")));
    await expect(links().get(wanted(url), controller.signal)).rejects.toThrow("enough");
    expect(requestsTo("/slow")).toBe(1);
  });

  it("keeps a link's signature out of its messages", async () => {
    const url = `${store.origin}/missing?signature=secret`;
    await expect(links().get(wanted(url), never)).rejects.toThrow(/^(?!.*secret).*$/);
  });
});

describe("the cache", () => {
  const object = (path: string, length: number) => {
    const { url, sha256 } = store.add(path, new Uint8Array(length).fill(path.charCodeAt(1)));
    return wanted(url, { sha256 });
  };

  it("drops the least recently used objects if space is short", async () => {
    const objects = links({ cacheBytes: 10 });
    const [a, b, c] = [object("/a", 4), object("/b", 4), object("/c", 4)];
    for (const each of [a, b, a, c, a, b]) await objects.get(each, never);
    expect(["/a", "/b", "/c"].map(requestsTo)).toEqual([1, 2, 1]);
  });

  it("keeps no object of more than half its size", async () => {
    const objects = links({ cacheBytes: 10 });
    const large = object("/large", 6);
    for (let i = 0; i < 2; i++) await objects.get(large, never);
    expect(requestsTo("/large")).toBe(2);
  });

  it("drops an object after its lifetime, even if it is used all the time", async () => {
    const objects = links({ cacheMs: 500 });
    const old = object("/old", 4);
    for (let i = 0; i < 2; i++) await objects.get(old, never);
    expect(requestsTo("/old")).toBe(1);
    await expect
      .poll(
        async () => {
          await objects.get(old, never);
          return requestsTo("/old");
        },
        { timeout: 5000 },
      )
      .toBe(2);
  });
});

describe("put", () => {
  it("sends length, type and digest", async () => {
    await links().put(
      { url: `${store.origin}/out`, bytes: BYTES, mimeType: "audio/mpeg", what: "it" },
      never,
    );
    const { bytes, headers } = store.puts.get("/out")!;
    expect(bytes).toEqual(Buffer.from(BYTES));
    expect(headers["content-length"]).toBe("10");
    expect(headers["content-type"]).toBe("audio/mpeg");
    const digest = Buffer.from(SHA256, "hex").toString("base64");
    expect(headers["content-digest"]).toBe(`sha-256=:${digest}:`);
  });

  it("throws if the store refuses", async () => {
    const { url } = store.behave("/forbidden", (request, response) => {
      request.resume();
      response.writeHead(403).end();
    });
    const stored = { url, bytes: BYTES, mimeType: "audio/mpeg", what: "the highlight top-1" };
    await expect(links().put(stored, never)).rejects.toThrow(
      /the highlight top-1 \(PUT at 127.0.0.1:\d+\): answered 403/,
    );
  });
});
