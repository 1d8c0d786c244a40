import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { discardReceived, FIRST_BUFFER_BYTES, receiveAudio } from "./receive-audio.ts";
import { readUploadForm } from "./upload-form.ts";
import { readBody, UploadLimits } from "./upload-limits.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const START = new TextEncoder().encode("fLaC and then some");

/** An upload whose sender decides when the next bytes come. */
function slowUpload(limits: UploadLimits) {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const received = receiveAudio(env.BUCKET, readBody(readable, { maxBytes: 50 * MIB }), limits);
  const outcome = received.then(
    async (file) => {
      await discardReceived(env.BUCKET, file, limits);
      return "received";
    },
    (error) => error.failure?.kind ?? String(error),
  );
  return { send: (bytes: Uint8Array) => writer.write(bytes), end: () => writer.close(), outcome };
}

describe("UploadLimits", () => {
  it("holds 64 KiB for each of a hundred half-open uploads", async () => {
    const limits = new UploadLimits();
    const uploads = Array.from({ length: 100 }, () => slowUpload(limits));
    expect(limits.bufferedBytes).toBe(0);
    await Promise.all(uploads.map(({ send }) => send(START)));
    await vi.waitFor(() => expect(limits.bufferedBytes).toBe(100 * FIRST_BUFFER_BYTES));
    await Promise.all(uploads.map(({ end }) => end()));
    const outcomes = await Promise.all(uploads.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(Array(100).fill("received"));
    expect(limits.bufferedBytes).toBe(0);
  });

  it("never holds more than its limit, and turns away what doesn't fit", async () => {
    const limits = new UploadLimits(16 * MIB, 100);
    let most = 0;
    const uploads = Array.from({ length: 40 }, () => slowUpload(limits));
    await Promise.all(
      uploads.map(async ({ send, end }) => {
        try {
          await send(START);
          for (let i = 0; i < 10; i++) {
            await send(new Uint8Array(100 * KIB));
            most = Math.max(most, limits.bufferedBytes);
          }
          await end();
        } catch {
          // Turned away: the body was cancelled.
        }
      }),
    );
    const outcomes = await Promise.all(uploads.map(({ outcome }) => outcome));
    expect(most).toBeGreaterThan(8 * MIB);
    expect(most).toBeLessThanOrEqual(16 * MIB);
    expect(new Set(outcomes)).toEqual(new Set(["received", "uploads-busy"]));
    expect(limits.bufferedBytes).toBe(0);
  });

  it("admits eight uploads of an account, and 128 altogether", () => {
    const limits = new UploadLimits();
    const leave = Array.from({ length: 8 }, () => limits.enter("one"));
    const kindOf = (account: string) => {
      try {
        limits.enter(account);
        return "admitted";
      } catch (error) {
        return (error as { failure: { kind: string } }).failure.kind;
      }
    };
    expect(kindOf("one")).toBe("too-many-uploads");
    leave[0]!();
    expect(kindOf("one")).toBe("admitted");
    for (let i = 8; i < 128; i++) expect(kindOf(`other-${i}`)).toBe("admitted");
    expect(kindOf("the last")).toBe("uploads-busy");
    leave[1]!();
    expect(kindOf("the last")).toBe("admitted");
  });
});

describe("readBody", () => {
  const body = (...chunks: Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
      },
    });
  const read = async (pieces: AsyncIterable<Uint8Array>) => {
    let bytes = 0;
    for await (const piece of pieces) bytes += piece.length;
    return bytes;
  };

  it.each([
    ["is silent for too long", { maxIdleMs: 20 }],
    ["takes too long altogether", { maxTotalMs: 20 }],
  ])("cuts off a sender who %s", async (_what, limits) => {
    const stalled = readBody(body(START), { maxBytes: 100, ...limits });
    await expect(read(stalled)).rejects.toMatchObject({ failure: { kind: "upload-stalled" } });
  });

  it("cuts off a sender who sends too much", async () => {
    const large = readBody(body(START, START), { maxBytes: 20 });
    await expect(read(large)).rejects.toMatchObject({
      failure: { kind: "body-too-large", limitBytes: 20 },
    });
  });

  it("counts the preamble of a form towards the limit", async () => {
    const preamble = body(...Array.from({ length: 11 }, () => new Uint8Array(100)));
    const form = readUploadForm(readBody(preamble, { maxBytes: 1000 }), "b", async () => 0);
    await expect(form).rejects.toMatchObject({ failure: { kind: "body-too-large" } });
  });
});
