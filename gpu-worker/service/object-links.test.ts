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

function links(timeoutMs = 2000) {
  return createObjectLinks({
    allowedOrigins: new Set([store.origin, "https://objects.example"]),
    timeoutMs,
    retryBaseMs: 1,
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
    ["https://objects.example.evil.example/a", "which is not allowed"],
    ["https://objects.example:8443/a", "which is not allowed"],
    ["http://objects.example/a", "must use https"],
    ["https://user:pass@objects.example/a", "user name"],
    ["file:///etc/passwd", "must use https"],
    ["objects.example/a", "not a URL"],
  ])("refuses %s", (url, reason) => {
    expect(links().refusal(url)).toContain(reason);
  });

  it("allows the listed origins, http on loopback among them", () => {
    expect(links().refusal("https://objects.example/a?signature=1")).toBeNull();
    expect(links().refusal(`${store.origin}/a`)).toBeNull();
  });
});

describe("get", () => {
  it("fetches once and keeps what has the right hash", async () => {
    const objects = links();
    const { url } = store.add("/good", BYTES);
    expect(Buffer.from(await objects.get(wanted(url), never))).toEqual(Buffer.from(BYTES));
    expect(Buffer.from(await objects.get(wanted(url), never))).toEqual(Buffer.from(BYTES));
    expect(requestsTo("/good")).toBe(1);
  });

  it("refuses other bytes than those named, and keeps nothing of them", async () => {
    const objects = links();
    const { url } = store.add("/wrong", new TextEncoder().encode("other bytes"));
    await expect(objects.get(wanted(url), never)).rejects.toThrow("its SHA-256 is");
    store.add("/wrong", BYTES);
    await expect(objects.get(wanted(url), never)).resolves.toHaveLength(BYTES.length);
  });

  it("does not try again what is not there", async () => {
    await expect(links().get(wanted(`${store.origin}/missing`), never)).rejects.toMatchObject({
      failure: { kind: "link-failed", reason: expect.stringContaining("answered 404") },
    });
    expect(requestsTo("/missing")).toBe(1);
  });

  it("tries again after a server's error", async () => {
    let calls = 0;
    const { url } = store.behave("/flaky", (_request, response) => {
      calls++;
      if (calls < 3) response.writeHead(503).end();
      else response.end(BYTES);
    });
    await expect(links().get(wanted(url), never)).resolves.toHaveLength(BYTES.length);
    expect(calls).toBe(3);
  });

  it("gives up after some attempts", async () => {
    const { url } = store.behave("/down", (_request, response) => response.writeHead(500).end());
    await expect(links().get(wanted(url), never)).rejects.toThrow("answered 500");
    expect(requestsTo("/down")).toBe(4);
  });

  it("does not follow a redirect", async () => {
    store.add("/target", BYTES);
    const { url } = store.behave("/moved", (_request, response) =>
      response.writeHead(302, { Location: `${store.origin}/target` }).end(),
    );
    await expect(links().get(wanted(url), never)).rejects.toThrow("redirects are not followed");
    expect(requestsTo("/target")).toBe(0);
  });

  it("stops at the first byte too many, without a Content-Length to warn it", async () => {
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

  it("does not wait for a store that says nothing", async () => {
    const { url } = store.behave("/silent", () => {});
    await expect(links(30).get(wanted(url), never)).rejects.toThrow("no end within 0.03 s");
  });

  it("stops when told to, with the reason", async () => {
    const controller = new AbortController();
    const { url } = store.behave("/slow", () => controller.abort(new Error("enough")));
    await expect(links().get(wanted(url), controller.signal)).rejects.toThrow("enough");
    expect(requestsTo("/slow")).toBe(1);
  });

  it("keeps the signature of a link out of its messages", async () => {
    const url = `${store.origin}/missing?signature=secret`;
    await expect(links().get(wanted(url), never)).rejects.toThrow(/^(?!.*secret).*$/);
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

  it("fails where the store refuses", async () => {
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
