import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { app } from "../../app.ts";
import { seed } from "../../test/catalogue.ts";
import { makeKey } from "../../test/keys.ts";
import { problemOf } from "../../test/request.ts";

beforeAll(() => seed());

/** workerd puts an invalid Host into the URL, but the Request constructor rejects such a URL. */
function withUrl(url: string, init?: RequestInit): Request {
  return Object.defineProperty(new Request("http://lemons.test/", init), "url", { value: url });
}

const send = async (sent: Request) => app.fetch(sent, env, createExecutionContext());

describe("a malformed request", () => {
  it.each([
    "http://a b/v1/tracks",
    "http://[::1/v1/tracks",
    "http://a:99999/v1/tracks",
    "http://a%zz/",
  ])("returns 400 for the address %s", async (url) => {
    expect(await problemOf(await send(withUrl(url)))).toMatchObject({
      status: 400,
      type: "/problems/bad-request",
      fields: ["Host"],
    });
  });

  it.each([
    ["/v1/explanations", "application/json", '{"listener": '],
    ["/v1/listeners", "application/json", '{"id": '],
    ["/v1/tracks", "audio/wav", "RIFFxxxxWAVE"],
    ["/v1/tracks", "multipart/form-data; boundary=x", "--x\r\n"],
  ])("returns 400 if the chunks of POST %s (%s) break off", async (path, type, start) => {
    const { headers } = await makeKey(["explain", "upload"]);
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(new TextEncoder().encode(start));
        else controller.error(new Error("Network connection lost."));
      },
    });
    const response = await send(
      new Request(`http://lemons.test${path}`, {
        method: "POST",
        headers: { ...headers, "Content-Type": type },
        body,
      }),
    );
    expect((await problemOf(response)).status).toBe(400);
  });

  it("returns 405 for methods that no route supports", async () => {
    for (const method of ["TRACE", "CONNECT"]) {
      const sent = new Request("http://lemons.test/v1/tracks");
      Object.defineProperty(sent, "method", { value: method });
      expect(await problemOf(await send(sent))).toMatchObject({ status: 405 });
    }
  });
});
