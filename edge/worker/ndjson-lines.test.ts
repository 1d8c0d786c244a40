import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LineLimits, ndjsonLines } from "./ndjson-lines.ts";
import { WorkerFailure } from "./worker-failure.ts";

const LIMITS: LineLimits = { maxLineBytes: 100, maxTotalBytes: 1000, maxSilenceMs: 50 };

/** Creates a stream of chunks that then ends or hangs. */
function streamOf(chunks: readonly Uint8Array[], end: "close" | "hang" = "close") {
  let next = 0;
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks[next++];
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (end === "close") controller.close();
      else await new Promise(() => {});
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { stream, isCancelled: () => isCancelled };
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function collect(chunks: readonly Uint8Array[], limits = LIMITS): Promise<string[]> {
  const { stream } = streamOf(chunks);
  return all(ndjsonLines(stream, limits, new AbortController().signal));
}

describe("ndjsonLines", () => {
  it("yields the same lines however the bytes are cut", { timeout: 30_000 }, async () => {
    const line = fc
      .string({ unit: "binary", maxLength: 15 })
      .filter((text) => !text.includes("\n"));
    const limits = { ...LIMITS, maxTotalBytes: 100_000 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (texts, size) => {
          const whole = bytes(texts.map((text) => `${text}\n`).join(""));
          const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
            whole.subarray(i * size, (i + 1) * size),
          );
          // A byte order mark at the start of a line is not part of it.
          const expected = texts.map((text) => text.replace(/^\ufeff/, ""));
          expect(await collect(chunks, limits)).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("drops a line that was cut off", async () => {
    expect(await collect([bytes('{"a":1}\n{"b":')])).toEqual(['{"a":1}']);
  });

  it.each([
    ["a line is too long", [bytes("x".repeat(60)), bytes("x".repeat(60))], /line .* exceeds 100/],
    [
      "the whole is too long",
      Array.from({ length: 30 }, () => bytes(`${"x".repeat(50)}\n`)),
      /exceeds 1000/,
    ],
  ])("throws if %s", async (_what, chunks, reason) => {
    await expect(collect(chunks)).rejects.toThrow(reason);
  });

  it("throws if the stream falls silent, and cancels it", async () => {
    const { stream, isCancelled } = streamOf([bytes("{}\n")], "hang");
    const reading = all(ndjsonLines(stream, LIMITS, new AbortController().signal));
    const failure = await reading.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkerFailure);
    expect(failure).toMatchObject({ retryable: true, message: expect.stringContaining("silent") });
    expect(isCancelled()).toBe(true);
  });

  it("throws the signal's reason at once", async () => {
    const controller = new AbortController();
    const { stream, isCancelled } = streamOf([bytes("{}\n")], "hang");
    const limits = { ...LIMITS, maxSilenceMs: 60_000 };
    const reading = ndjsonLines(stream, limits, controller.signal)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toBe("{}");
    const next = reading.next();
    controller.abort(new Error("stopped"));
    await expect(next).rejects.toThrow("stopped");
    expect(isCancelled()).toBe(true);
  });

  it("cancels the stream if the reader leaves early", async () => {
    const { stream, isCancelled } = streamOf([bytes("1\n2\n")], "hang");
    for await (const _line of ndjsonLines(stream, LIMITS, new AbortController().signal)) break;
    expect(isCancelled()).toBe(true);
  });
});
