import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import {
  type WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryList,
} from "@lemons/shared/contract/webhook";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { problemOf, request } from "../../test/request.ts";
import { standInForReceiver } from "../../test/webhook-receiver.ts";
import { senderOf } from "./announce.ts";
import { MAX_ATTEMPTS } from "./webhook-sender.ts";

const HOOK = "https://again.example.com/hook";
const EXPLANATION = `${"1".repeat(32)}-${"2".repeat(32)}`;
const BODY = JSON.stringify({
  type: "explanation.completed",
  timestamp: "2026-11-24T21:52:26.070Z",
  data: {
    id: EXPLANATION,
    listener: "zoe",
    track: "bravo",
    state: "done",
    attempt: 1,
    progress: null,
    relevance: 0.75,
    reason: null,
    createdAt: "2026-11-24T21:52:20.070Z",
    updatedAt: "2026-11-24T21:52:26.070Z",
    url: `http://lemons.test/v1/explanations/${EXPLANATION}`,
  },
});

let key: TestKey;
let deliveries = 0;

/** A delivery that is over. */
async function ended(state: "delivered" | "failed", attempts = 1): Promise<string> {
  const id = `msg_${String(deliveries++).padStart(32, "0")}`;
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const made = Array.from({ length: attempts }, () => ({ at, status: 503, reason: "busy" }));
  await env.DB.prepare(
    `INSERT INTO webhook_deliveries (id, owner, event, explanation, url, body, state, attempts,
       created_at, finished_at) VALUES (?, ?, 'completed', ?, ?, ?, ?, ?, ?, ?)`,
  )
    .bind(...[id, key.id, EXPLANATION, HOOK, BODY, state, JSON.stringify(made), at, at])
    .run();
  return id;
}

const redeliver = (id: string, of: TestKey = key) =>
  request(`/v1/webhooks/deliveries/${id}/redeliver`, { method: "POST", headers: of.headers });

async function delivery(id: string): Promise<WebhookDelivery> {
  const answer = await request("/v1/webhooks/deliveries?limit=100", { headers: key.headers });
  const all = WebhookDeliveryList.parse(await answer.json()).deliveries;
  return all.find((each) => each.id === id)!;
}

const becomes = (id: string, state: WebhookDelivery["state"], attempts: number) =>
  vi.waitFor(
    async () => {
      const found = await delivery(id);
      expect([found.state, found.attempts.length]).toEqual([state, attempts]);
      return found;
    },
    { timeout: 20_000, interval: 30 },
  );

beforeAll(() => seed());
beforeEach(async () => {
  key = await makeKey(["read", "explain"]);
  standInForGpuWorker({});
});
afterEach(() => vi.unstubAllGlobals());

describe("POST /v1/webhooks/deliveries/{delivery}/redeliver", { timeout: 60_000 }, () => {
  it("sends the same bytes under the same id again", async () => {
    const received = standInForReceiver(HOOK);
    const id = await ended("delivered");
    const answer = await redeliver(id);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ id, finishedAt: null });
    await becomes(id, "delivered", 2);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ text: BODY, headers: { "webhook-id": id } });
  });

  it("starts the whole schedule again, and keeps a bounded number of attempts", async () => {
    standInForReceiver(HOOK, () => new Response(null, { status: 503 }));
    const id = await ended("failed", 100 * MAX_ATTEMPTS);
    await (await redeliver(id)).text();
    const { length } = (await becomes(id, "pending", 5 * MAX_ATTEMPTS + 1)).attempts;
    expect(await problemOf(await redeliver(id))).toMatchObject({
      status: 409,
      type: "/problems/delivery-pending",
    });
    for (let i = 1; i < MAX_ATTEMPTS; i++)
      await runDurableObjectAlarm(senderOf(env, WebhookDeliveryId.parse(id)));
    await becomes(id, "failed", length + MAX_ATTEMPTS - 1);
  });

  it("refuses a receiver that has answered 410 Gone", async () => {
    standInForReceiver(HOOK, () => new Response(null, { status: 410 }));
    const id = await ended("failed");
    await (await redeliver(id)).text();
    await becomes(id, "gone", 2);
    expect(await problemOf(await redeliver(id))).toMatchObject({
      status: 422,
      type: "/problems/receiver-gone",
    });
  });

  it("is allowed to the owner of the delivery and to administrators", async () => {
    standInForReceiver(HOOK);
    const id = await ended("failed");
    const other = await makeKey(["read", "explain"]);
    for (const [asked, by] of [
      [id, other],
      [`msg_${"f".repeat(32)}`, key],
    ] as const) {
      expect(await problemOf(await redeliver(asked, by))).toMatchObject({
        status: 404,
        type: "/problems/unknown-delivery",
      });
    }
    const path = `/v1/webhooks/deliveries/${id}/redeliver`;
    expect((await request(path, { method: "POST" })).status).toBe(401);
    const admin = await makeKey(["admin"]);
    expect((await redeliver(id, admin)).status).toBe(202);
    await becomes(id, "delivered", 2);
  });
});
