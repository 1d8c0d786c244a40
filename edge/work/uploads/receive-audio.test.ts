import { env } from "cloudflare:workers";
import { MAX_AUDIO_BYTES } from "@lemons/shared/contract/track";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { describe, expect, it } from "vitest";
import { TEMPORARY_PREFIX } from "../../base/object-keys.ts";
import { discardReceived, receiveAudio } from "./receive-audio.ts";

const HEAD = new TextEncoder().encode("fLaC and then some");

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

const temporary = async () => (await env.BUCKET.list({ prefix: TEMPORARY_PREFIX })).objects;

describe("receiveAudio", () => {
  it("hashes and counts bytes in pieces of any size", async () => {
    const whole = await receiveAudio(env.BUCKET, pieces(HEAD));
    expect(whole).toMatchObject({
      sha256: await sha256Hex(HEAD),
      bytes: HEAD.length,
      mediaType: "audio/flac",
      content: HEAD,
    });
    const single = Array.from(HEAD, (byte) => Uint8Array.of(byte));
    expect(await receiveAudio(env.BUCKET, pieces(...single))).toEqual(whole);
  });

  it("stores a large file in parts, and discards it", async () => {
    const large = new Uint8Array(17 * 1024 * 1024);
    large.set(HEAD);
    const received = await receiveAudio(env.BUCKET, pieces(large));
    expect(received.sha256).toBe(await sha256Hex(large));
    expect(await temporary()).toMatchObject([{ size: large.length }]);
    await discardReceived(env.BUCKET, received);
    expect(await temporary()).toEqual([]);
  }, 20_000);

  it("stops reading at the limit, and keeps nothing", async () => {
    let sent = 0;
    async function* tooLong() {
      const chunk = new Uint8Array(4_000_000);
      chunk.set(HEAD);
      while (sent < 2 * MAX_AUDIO_BYTES) {
        sent += chunk.length;
        yield chunk;
      }
    }
    await expect(receiveAudio(env.BUCKET, tooLong())).rejects.toMatchObject({
      failure: { kind: "body-too-large", limitBytes: MAX_AUDIO_BYTES },
    });
    expect(sent).toBeLessThanOrEqual(MAX_AUDIO_BYTES + 4_000_000);
    expect(await temporary()).toEqual([]);
  }, 20_000);

  it("keeps nothing if the sender breaks off", async () => {
    async function* broken() {
      const chunk = new Uint8Array(9 * 1024 * 1024);
      chunk.set(HEAD);
      yield chunk;
      throw new Error("connection reset");
    }
    await expect(receiveAudio(env.BUCKET, broken())).rejects.toThrow("connection reset");
    expect(await temporary()).toEqual([]);
  }, 20_000);

  it.each([[[]], [[new TextEncoder().encode("<html>")]], [[HEAD.slice(1)]]])(
    "rejects bytes that are no audio: %j",
    async (all) => {
      await expect(receiveAudio(env.BUCKET, pieces(...all))).rejects.toMatchObject({
        failure: { kind: "not-audio" },
      });
    },
  );

  it("names an unsupported audio format", async () => {
    const wavPack = new TextEncoder().encode("wvpk, the rest of a WavPack file");
    await expect(receiveAudio(env.BUCKET, pieces(wavPack))).rejects.toMatchObject({
      failure: { kind: "not-audio", format: "WavPack" },
    });
  });
});
