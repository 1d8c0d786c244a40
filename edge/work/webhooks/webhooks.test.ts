import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { Job } from "@lemons/shared/contract/job";
import {
  type WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryList,
} from "@lemons/shared/contract/webhook";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  explainSlowly,
  explainWell,
  lines,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { standInForReceiver as standIn } from "../../test/webhook-receiver.ts";
import { explanationJobOf } from "../explanations/explanation-job.ts";
import { senderOf } from "./announce.ts";
import { tendDeliveries } from "./tend-deliveries.ts";
import { MAX_ATTEMPTS } from "./webhook-sender.ts";

const PATIENT = { timeout: 10_000, interval: 30 };

let questions = 0;
let receivers = 0;
let key: TestKey;
/** The address of the test's receiver. */
let hook: string;

/** A question that no other test asks, with a webhook. */
const asking = (more: object = {}) => ({
  listener: "zoe",
  track: "bravo",
  type: "time",
  neighbourhood: { kind: "sampled", samples: 64, seed: 70_000 + questions++ },
  webhook: hook,
  ...more,
});

/** Other work keeps the machine busy: what is on its way may take a while. */
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, PATIENT);

const standInForReceiver = (answer?: Parameters<typeof standIn>[1]) => standIn(hook, answer);

/** Fails as a database does that is away, where it is asked for deliveries. */
const databaseWithoutDeliveries = (): D1Database =>
  new Proxy(env.DB, {
    get: (db, name) =>
      name === "prepare"
        ? (sql: string) => {
            if (sql.includes("webhook_deliveries")) throw new Error("D1 is away");
            return db.prepare(sql);
          }
        : Reflect.get(db, name).bind(db),
  });

async function deliveries(of: TestKey = key): Promise<WebhookDelivery[]> {
  const response = await request("/v1/webhooks/deliveries?limit=100", { headers: of.headers });
  return WebhookDeliveryList.parse(await response.json()).deliveries;
}

/** The only delivery of the key, once it stands as expected. */
async function deliveryThat(state: WebhookDelivery["state"], attempts: number) {
  return eventually(async () => {
    const [delivery, ...others] = await deliveries();
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({ state });
    expect(delivery?.attempts).toHaveLength(attempts);
    return delivery!;
  });
}

/** An explanation that is stored, and the body that asks for it again. */
async function stored() {
  const body = asking();
  const { webhook: _webhook, ...unheard } = body;
  await (await post("/v1/explanations", unheard, { Prefer: "wait=20" })).text();
  return body;
}

beforeAll(() => seed());
beforeEach(async () => {
  key = await makeKey(["read", "explain"]);
  hook = `https://hooks.example.com/${receivers++}`;
  standInForGpuWorker({ explain: explainWell });
  vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a webhook", { timeout: 30_000 }, () => {
  it("receives the start and the end, signed by Standard Webhooks", async () => {
    standInForGpuWorker({ explain: explainSlowly(30) });
    const received = standInForReceiver();
    const answer = await post("/v1/explanations", asking(), key.headers);
    const { id } = await answer.json<Job>();
    await eventually(() => expect(received).toHaveLength(2));
    const { secret } = await (await request("/v1/webhooks/secret", { headers: key.headers })).json<{
      secret: string;
    }>();
    for (const { text, payload, headers, redirect } of received) {
      expect(new Webhook(secret).verify(text, headers)).toEqual(payload);
      expect(headers["content-type"]).toBe("application/json");
      expect(redirect).toBe("manual");
    }
    const byType = new Map(received.map(({ payload }) => [payload.type, payload.data]));
    expect(byType.get("explanation.start")).toMatchObject({ id, listener: "zoe" });
    const end = byType.get("explanation.completed")!;
    expect(end).toMatchObject({ id, state: "done", relevance: 0.75, reason: null });
    expect(end.url).toBe(`http://lemons.test/v1/explanations/${id}`);
    const found = await request(new URL(end.url).pathname);
    expect(found.status).toBe(200);
    await found.text();
  });

  it("receives only the events that it asked for", async () => {
    standInForGpuWorker({ explain: explainSlowly(30) });
    const received = standInForReceiver();
    const body = asking({ webhook_events_filter: ["completed"] });
    await (await post("/v1/explanations", body, key.headers)).text();
    const delivery = await deliveryThat("delivered", 1);
    expect(delivery.event).toBe("completed");
    expect(received).toHaveLength(1);
  });

  it("is no part of the question: the id is the same without it", async () => {
    standInForReceiver();
    const { webhook, ...body } = asking();
    const [heard, unheard] = await Promise.all(
      [{ ...body, webhook }, body].map(async (asked) =>
        (await post("/v1/explanations", asked, key.headers)).json<Job>(),
      ),
    );
    expect(heard?.id).toBe(unheard?.id);
    const question = await env.BUCKET.get(`explanations/${heard!.id}/question.json`);
    expect(await question?.text()).not.toContain("webhook");
  });

  it("receives the end of an explanation that was stored already", async () => {
    const body = await stored();
    const received = standInForReceiver();
    const answer = await post("/v1/explanations", body, key.headers);
    expect(answer.status).toBe(200);
    const { id } = await answer.json<PublishedExplanation>();
    await deliveryThat("delivered", 1);
    expect(received[0]?.payload).toMatchObject({
      type: "explanation.completed",
      data: { id, state: "done" },
    });
  });

  it("receives a failure too, with the reason", async () => {
    const problem = { type: "/problems/x", title: "X", status: 422, detail: "Zero samples." };
    standInForGpuWorker({ explain: () => lines([{ kind: "problem", problem }]) });
    const received = standInForReceiver();
    const body = asking({ webhook_events_filter: ["completed"] });
    const answer = await post("/v1/explanations", body, { ...key.headers, Prefer: "wait=20" });
    expect(await problemOf(answer)).toMatchObject({ status: 422 });
    await deliveryThat("delivered", 1);
    expect(received[0]?.payload.data).toMatchObject({ state: "failed", reason: "Zero samples." });
  });

  it("receives a job once, however often its key requests it; another key receives it too", async () => {
    const other = await makeKey(["read", "explain"]);
    standInForGpuWorker({ explain: explainSlowly(150) });
    const received = standInForReceiver();
    const body = asking();
    for (const { headers } of [key, key, other]) {
      await (await post("/v1/explanations", body, headers)).text();
    }
    await eventually(() => {
      const ends = received.filter(({ payload }) => payload.type === "explanation.completed");
      expect(ends).toHaveLength(2);
    });
    expect(received).toHaveLength(4);
    expect(await deliveries()).toHaveLength(2);
    expect(await deliveries(other)).toHaveLength(2);
  });

  it("receives the end although the edge restarted in between", async () => {
    let isBusy = true;
    standInForGpuWorker({
      explain: (asked, call) =>
        isBusy ? new Response(null, { status: 503 }) : explainWell(asked, call),
    });
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    const received = standInForReceiver();
    const body = asking({ webhook_events_filter: ["completed"] });
    const { id } = await (await post("/v1/explanations", body, key.headers)).json<Job>();
    const job = explanationJobOf(env, id);
    await eventually(async () => expect((await job.status())?.job.reason).toMatch(/503/));
    await evictDurableObject(job);
    isBusy = false;
    await runDurableObjectAlarm(job);
    await eventually(() => expect(received).toHaveLength(1));
  });

  it("receives the end although the database was away at first", async () => {
    standInForGpuWorker({ explain: explainSlowly(30) });
    const received = standInForReceiver();
    vi.spyOn(console, "error").mockReturnValue();
    const body = asking({ webhook_events_filter: ["completed"] });
    const { id } = await (await post("/v1/explanations", body, key.headers)).json<Job>();
    const job = explanationJobOf(env, id);
    await runInDurableObject(job, (instance) => {
      Object.assign(instance, { env: { ...env, DB: databaseWithoutDeliveries() } });
    });
    expect((await job.settled(5000))?.job.state).toBe("done");
    await eventually(() =>
      runInDurableObject(job, async (_instance, { storage }) => {
        expect(await storage.getAlarm()).toBeGreaterThan(Date.now());
      }),
    );
    expect(received).toEqual([]);
    await runInDurableObject(job, (instance) => {
      Object.assign(instance, { env });
    });
    await runDurableObjectAlarm(job);
    await deliveryThat("delivered", 1);
  });
});

describe("a receiver that fails", { timeout: 30_000 }, () => {
  const failures: [string, () => Response | Promise<Response>, number | null, RegExp][] = [
    ["answers 500", () => new Response("x".repeat(1e6), { status: 500 }), 500, /answered 500/],
    ["answers 404", () => new Response(null, { status: 404 }), 404, /answered 404/],
    [
      "redirects",
      () => Response.redirect("http://169.254.169.254/latest", 307),
      307,
      /Redirects are not followed/,
    ],
    ["is away", () => Promise.reject(new TypeError("10.1.2.3 refused")), null, /^It could not be/],
  ];
  it.each(failures)(
    "and %s receives it again, under the same id",
    async (_what, fail, status, reason) => {
      const body = await stored();
      const received = standInForReceiver((call) =>
        call === 1 ? fail() : new Response(null, { status: 202 }),
      );
      await (await post("/v1/explanations", body, key.headers)).text();
      const waiting = await deliveryThat("pending", 1);
      expect(waiting.attempts[0]).toMatchObject({ status });
      expect(waiting.attempts[0]?.reason).toMatch(reason);
      const delay = Date.parse(waiting.nextAttemptAt!) - Date.parse(waiting.attempts[0]!.at);
      expect(delay).toBeGreaterThan(3900);
      expect(delay).toBeLessThan(8000);
      await runDurableObjectAlarm(senderOf(env, waiting.id));
      const delivered = await deliveryThat("delivered", 2);
      expect(delivered).toMatchObject({ nextAttemptAt: null });
      expect(delivered.attempts[1]).toMatchObject({ status: 202, reason: null });
      expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(
        new Set([waiting.id]),
      );
      expect(received[1]?.text).toBe(received[0]?.text);
      await runInDurableObject(senderOf(env, waiting.id), async (_instance, { storage }) => {
        expect((await storage.list()).size).toBe(0);
        expect(await storage.getAlarm()).toBeNull();
      });
    },
  );

  it("is given up after the last attempt of a day", async () => {
    const body = await stored();
    const received = standInForReceiver(() => new Response(null, { status: 503 }));
    await (await post("/v1/explanations", body, key.headers)).text();
    const { id } = await deliveryThat("pending", 1);
    for (let i = 1; i < MAX_ATTEMPTS; i++) await runDurableObjectAlarm(senderOf(env, id));
    const given = await deliveryThat("failed", MAX_ATTEMPTS);
    expect(given).toMatchObject({ nextAttemptAt: null, finishedAt: expect.any(String) });
    expect(await runDurableObjectAlarm(senderOf(env, id))).toBe(false);
    expect(received).toHaveLength(MAX_ATTEMPTS);
  });

  it("is not called for as long as it asks", async () => {
    const body = await stored();
    standInForReceiver(
      () => new Response(null, { status: 429, headers: { "Retry-After": "600" } }),
    );
    await (await post("/v1/explanations", body, key.headers)).text();
    const { nextAttemptAt, attempts } = await deliveryThat("pending", 1);
    const delay = Date.parse(nextAttemptAt!) - Date.parse(attempts[0]!.at);
    expect(Math.round(delay / 1000)).toBeGreaterThanOrEqual(600);
  });

  it("is not called for a day after it answers 410 Gone, not even for pending deliveries", async () => {
    const [first, second] = [await stored(), await stored()];
    const received = standInForReceiver(
      (call) => new Response(null, { status: call === 1 ? 500 : 410 }),
    );
    await (await post("/v1/explanations", first, key.headers)).text();
    const { id: waiting } = await deliveryThat("pending", 1);
    await (await post("/v1/explanations", second, key.headers)).text();
    await eventually(async () => {
      expect((await deliveries()).map(({ state }) => state).sort()).toEqual(["gone", "pending"]);
    });
    await runDurableObjectAlarm(senderOf(env, waiting));
    const ended = (await deliveries()).find(({ id }) => id === waiting);
    expect(ended).toMatchObject({ state: "failed", nextAttemptAt: null });
    expect(ended?.attempts.at(-1)?.reason).toMatch(/410 Gone/);
    expect(received).toHaveLength(2);

    const refused = await problemOf(await post("/v1/explanations", first, key.headers));
    expect(refused).toMatchObject({ status: 422, type: "/problems/receiver-gone" });
    // Another key's requests are another matter.
    const other = await makeKey(["read", "explain"]);
    const answer = await post("/v1/explanations", first, other.headers);
    expect(answer.status).toBe(200);
    await answer.text();
    await env.DB.prepare("UPDATE webhook_deliveries SET finished_at = ? WHERE state = 'gone'")
      .bind(new Date(Date.now() - 25 * 3_600_000).toISOString())
      .run();
    expect((await post("/v1/explanations", first, key.headers)).status).toBe(200);
  });

  it("ends the attempt if it does not answer in time", async () => {
    const body = await stored();
    standInForReceiver(
      (_call, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    await env.DB.prepare(
      `INSERT INTO webhook_deliveries (id, owner, event, explanation, url, body, state, created_at)
       VALUES (?1, ?2, 'completed', ?3, ?4, ?5, 'pending', ?6)`,
    )
      .bind(
        ...[`msg_${"5".repeat(32)}`, key.id, `${"1".repeat(32)}-${"2".repeat(32)}`, body.webhook],
        ...[await payloadOf(body), new Date().toISOString()],
      )
      .run();
    const sender = senderOf(env, WebhookDeliveryId.parse(`msg_${"5".repeat(32)}`));
    await runInDurableObject(sender, async (instance, { storage }) => {
      await storage.put("delivery", `msg_${"5".repeat(32)}`);
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const attempt = instance.alarm();
      await vi.advanceTimersByTimeAsync(1000);
      await eventually(async () => vi.advanceTimersByTimeAsync(15_000));
      vi.useRealTimers();
      await attempt;
    });
    const { attempts } = await deliveryThat("pending", 1);
    expect(attempts[0]).toMatchObject({ status: null, reason: "It did not answer within 15 s." });
  });
});

/** A request for a stored explanation, which announces its end at once. */
async function payloadOf(body: object): Promise<string> {
  const { webhook: _webhook, ...unheard } = body as { webhook?: string };
  const { id } = await (await post("/v1/explanations", unheard)).json<{ id: string }>();
  const job = await (await request(`/v1/jobs/${id}`)).json<Job>();
  const data = { ...job, url: `http://lemons.test/v1/explanations/${id}` };
  return JSON.stringify({ type: "explanation.completed", timestamp: job.updatedAt, data });
}

describe("a request that names a webhook", { timeout: 30_000 }, () => {
  it("needs a key", async () => {
    const response = await post("/v1/explanations", asking());
    expect(await problemOf(response)).toMatchObject({ status: 401, type: "/problems/key-needed" });
  });

  it.each([
    ["http://hooks.example.com/", /https/],
    ["https://127.0.0.1/", /IP address/],
    ["https://[::1]:9/", /port/],
    ["https://db.internal/", /public internet/],
    ["https://a:b@hooks.example.com/", /password/],
    ["http://127.0.0.1:9999/", /https/],
    ["nonsense", /absolute/],
  ])("is refused where the address is %s", async (webhook, detail) => {
    const problem = await problemOf(
      await post("/v1/explanations", asking({ webhook }), key.headers),
    );
    expect(problem).toMatchObject({ status: 400, fields: ["webhook"] });
    expect(problem.detail).toMatch(detail);
    expect(await deliveries()).toEqual([]);
  });

  it.each([
    ["an unknown event", { webhook_events_filter: ["output"] }, "webhook_events_filter.0"],
    ["no event", { webhook_events_filter: [] }, "webhook_events_filter"],
    [
      "events and no webhook",
      { webhook: undefined, webhook_events_filter: ["start"] },
      "webhook_events_filter",
    ],
    ["an endless address", { webhook: `https://hooks.example.com/${"x".repeat(2048)}` }, "webhook"],
  ])("is refused with %s", async (_what, change, field) => {
    const response = await post("/v1/explanations", asking(change), key.headers);
    expect(await problemOf(response)).toMatchObject({ status: 400, fields: [field] });
  });

  it("is refused if too many deliveries of its key are pending", async () => {
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
       INSERT INTO webhook_deliveries (id, owner, event, explanation, url, body, state, created_at)
       SELECT 'full-' || i, ?, 'completed', 'x', 'x', '{}', 'pending', ? FROM n`,
    )
      .bind(key.id, new Date().toISOString())
      .run();
    const response = await post("/v1/explanations", asking(), key.headers);
    expect(response.headers.get("Retry-After")).toBe("60");
    expect(await problemOf(response)).toMatchObject({ type: "/problems/too-many-webhooks" });
    await env.DB.exec("DELETE FROM webhook_deliveries WHERE id LIKE 'full-%'");
  });
});

describe("a key that is revoked", { timeout: 30_000 }, () => {
  it("sends nothing any more", async () => {
    const body = await stored();
    const received = standInForReceiver(() => new Response(null, { status: 500 }));
    await (await post("/v1/explanations", body, key.headers)).text();
    const { id } = await deliveryThat("pending", 1);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = ? WHERE id = ?")
      .bind(new Date().toISOString(), key.id)
      .run();
    await runDurableObjectAlarm(senderOf(env, id));
    const admin = await makeKey(["admin"]);
    const ended = (await deliveries(admin)).find((delivery) => delivery.id === id);
    expect(ended).toMatchObject({ state: "failed", nextAttemptAt: null });
    expect(received).toHaveLength(1);
  });
});

describe("tendDeliveries", { timeout: 30_000 }, () => {
  it("sends deliveries whose alarm was lost, and deletes those of a month ago", async () => {
    const body = await stored();
    const received = standInForReceiver((call) =>
      call === 1 ? new Response(null, { status: 500 }) : new Response(null),
    );
    await (await post("/v1/explanations", body, key.headers)).text();
    const { id } = await deliveryThat("pending", 1);
    await runInDurableObject(senderOf(env, id), (_instance, { storage }) => storage.deleteAlarm());
    await tendDeliveries(env);
    expect(received).toHaveLength(1);
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await env.DB.prepare("UPDATE webhook_deliveries SET next_attempt_at = ? WHERE id = ?")
      .bind(ago(0.5), id)
      .run();
    await tendDeliveries(env);
    await deliveryThat("delivered", 2);

    const age = (days: number) =>
      env.DB.prepare("UPDATE webhook_deliveries SET created_at = ? WHERE id = ?")
        .bind(ago(days), id)
        .run();
    await age(29);
    await tendDeliveries(env);
    expect(await deliveries()).toHaveLength(1);
    await age(31);
    await tendDeliveries(env);
    expect(await deliveries()).toEqual([]);
  });
});
