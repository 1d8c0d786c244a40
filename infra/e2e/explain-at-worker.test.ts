import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeAudio } from "@lemons/gpu-worker/engine/audio/decode";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../stack/port.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { makeAdminKey } from "./admin-key.ts";

const QUESTION = { listener: "bram", track: "gt01-rock-power-chords", type: "time+source" };
const DEADLINE_MS = 110_000;

describe("the real local stack with EXPLAIN_AT=worker", () => {
  let folder: string;
  let stack: Stack;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-e2e-"));
    stack = await startStack({
      edgePort: await freePort(),
      workerPort: await freePort(),
      persistTo: path.join(folder, "state"),
      logDirectory: path.join(folder, "logs"),
      variables: { EXPLAIN_AT: "worker", WEBHOOK_LOOPBACK: "allowed" },
      onStep: () => {},
    });
  });

  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Requests the explanation until it is done. */
  async function explained(more: object): Promise<PublishedExplanation> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const response = await fetch(`${stack.origin}/v1/explanations`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Prefer: "wait=20" },
        body: JSON.stringify({ ...QUESTION, ...more }),
      });
      const body: unknown = await response.json();
      if (response.status === 200) return PublishedExplanation.parse(body);
      if (response.status !== 202 || performance.now() > deadline) {
        throw new Error(`${response.status}: ${JSON.stringify(body)}`);
      }
    }
  }

  it("counts every mask in the worker, from the stored table after the worker's cache is lost", async () => {
    const first = await explained({});
    expect(first).toMatchObject({
      neighbourhood: { kind: "exhaustive" },
      engine: { kind: "table" },
    });
    await stack.worker().stop();
    await stack.restartWorker();
    const second = await explained({ kernelWidth: 0.5 });
    // A rebuilt table would take other fractions of a second.
    const { enumeration: _one, ...built } = first.engine.seconds;
    const { enumeration: _other, ...read } = second.engine.seconds;
    expect(read).toEqual(built);
    expect(second.relevance).toBe(first.relevance);
  });

  it("serves the snippet's sources, all of one length", async () => {
    const { id, separation, audio } = await explained({});
    const lengths = new Set<number>();
    for (const source of separation.sources) {
      const response = await fetch(`${stack.origin}/v1/explanations/${id}/stems/${source}`);
      expect(response.status).toBe(200);
      const { sampleRate, channels } = await decodeAudio(await response.bytes());
      expect(sampleRate).toBe(audio.sampleRate);
      lengths.add(channels[0]!.length);
    }
    expect([...lengths]).toEqual([Math.round(audio.snippet.seconds * audio.sampleRate)]);
  });

  it("calls a webhook at the end, again if the first attempt fails, and logs the request's id in the worker", async () => {
    const received: { headers: Record<string, string>; text: string }[] = [];
    const receiver = createServer(async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      received.push({ headers: request.headers as Record<string, string>, text });
      response.writeHead(received.length === 1 ? 503 : 204).end();
    });
    await once(receiver.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = receiver.address() as AddressInfo;
      const key = await makeAdminKey(path.join(folder, "state"));
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
      const body = {
        ...QUESTION,
        type: "time",
        neighbourhood: { kind: "sampled", samples: 32, seed: 7 },
        webhook: `http://127.0.0.1:${port}/`,
        webhook_events_filter: ["completed"],
      };
      const asked = await fetch(`${stack.origin}/v1/explanations`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      expect(asked.status).toBe(202);
      await asked.text();
      await expect.poll(() => received.length, { timeout: DEADLINE_MS }).toBe(2);

      const answer = await fetch(`${stack.origin}/v1/webhooks/secret`, { headers });
      const { secret } = (await answer.json()) as { secret: string };
      for (const { headers: signed, text } of received) {
        expect(new Webhook(secret).verify(text, signed)).toMatchObject({
          type: "explanation.completed",
          data: { state: "done", track: QUESTION.track },
        });
      }
      const log = await readFile(path.join(folder, "logs", "gpu-worker.log"), "utf8");
      const events = log
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      expect(events).toContainEqual(
        expect.objectContaining({
          event: "job-ended",
          requestId: asked.headers.get("X-Request-Id"),
        }),
      );
    } finally {
      receiver.close();
    }
  });
});
