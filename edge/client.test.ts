import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createClient } from "./client.ts";
import { seed } from "./test/catalogue.ts";
import { makeKey } from "./test/keys.ts";

const worker = ((input: RequestInfo, init?: RequestInit) =>
  exports.default.fetch(new Request(input, init))) as typeof fetch;

describe("createClient", () => {
  beforeAll(() => seed());

  it("returns typed responses", async () => {
    const client = createClient("http://lemons.test", { fetch: worker });
    const response = await client.v1.listeners.$get({ query: {} });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    const { listeners } = await response.json();
    expect(listeners.map(({ id }) => id)).toEqual(["zoe", "abel"]);

    const track = await client.v1.tracks[":track"].$get({ param: { track: "alpha" } });
    if (track.status !== 200) throw new Error(`status ${track.status}`);
    expect((await track.json()).audioSha256).toHaveLength(64);
  });

  it("sends the key", async () => {
    const { token } = await makeKey(["explain"]);
    const client = createClient("http://lemons.test", { fetch: worker, key: token });
    const response = await client.v1.tracks.$get({ query: {} });
    expect(response.status).toBe(403);
    await response.text();
  });

  it("builds the paths of binary routes", () => {
    const { explanations, tracks } = createClient("http://lemons.test").v1;
    const param = { explanation: "0-1", highlight: "top-1" };
    expect(explanations[":explanation"].audio[":highlight"].$path({ param })).toBe(
      "/v1/explanations/0-1/audio/top-1",
    );
    expect(tracks[":track"].audio.$url({ param: { track: "alpha" } }).href).toBe(
      "http://lemons.test/v1/tracks/alpha/audio",
    );
  });
});
