import { env } from "cloudflare:workers";
import { WebhookDeliveryList, WebhookSecret } from "@lemons/shared/contract/webhook";
import { beforeAll, describe, expect, it } from "vitest";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { allPages, problemOf, request } from "../../test/request.ts";

const EXPLANATION = `${"1".repeat(32)}-${"2".repeat(32)}`;

let key: TestKey;
let other: TestKey;
let admin: TestKey;

const idOf = (i: number) => `msg_${String(i).padStart(32, "0")}`;

async function insert(i: number, owner: TestKey, createdAt: string): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO webhook_deliveries
       (id, owner, event, explanation, url, body, state, attempts, created_at, finished_at)
     VALUES (?, ?, 'completed', ?, 'https://hooks.example.com/', '{}', 'delivered', ?, ?5, ?5)`,
  )
    .bind(
      ...[idOf(i), owner.id, EXPLANATION],
      ...[JSON.stringify([{ at: createdAt, status: 200, reason: null }]), createdAt],
    )
    .run();
}

async function page(headers: HeadersInit, query = ""): Promise<WebhookDeliveryList> {
  const response = await request(`/v1/webhooks/deliveries${query}`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  return WebhookDeliveryList.parse(await response.json());
}

beforeAll(async () => {
  [key, other, admin] = [
    await makeKey(["read", "explain"]),
    await makeKey(["read", "explain"]),
    await makeKey(["admin"]),
  ];
  // Two deliveries of the same moment, so that a page can end between them.
  const at = (second: number) => `2999-01-01T00:00:0${second}.000Z`;
  for (const [i, second] of [1, 2, 3, 3, 4].entries()) await insert(900 + i, key, at(second));
  await insert(950, other, at(5));
});

describe("GET /v1/webhooks/deliveries", () => {
  it("lists the key's own, newest first, in pages of any size", async () => {
    const newestFirst = [904, 902, 903, 901, 900].map(idOf);
    for (const limit of [1, 2, 3, 5, 100]) {
      const pages = await allPages((cursor) =>
        page(key.headers, `?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`),
      );
      for (const { deliveries } of pages) expect(deliveries.length).toBeLessThanOrEqual(limit);
      const found = pages.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
      expect(found).toEqual(newestFirst);
    }
  });

  it("shows them to administrators, but to no other key", async () => {
    expect((await page(other.headers)).deliveries.map(({ id }) => id)).toEqual([idOf(950)]);
    const all = (await page(admin.headers)).deliveries;
    expect(all.slice(0, 2).map(({ key: owner }) => owner)).toEqual([other.id, key.id]);
    const { nextCursor } = await page(key.headers, "?limit=1");
    const elsewhere = await page(other.headers, `?cursor=${nextCursor}`);
    expect(elsewhere.deliveries).toEqual([]);
  });

  it.each(["limit=0", "limit=101", "limit=x", "cursor=!", "cursor=e30", "state=failed"])(
    "refuses ?%s",
    async (query) => {
      const response = await request(`/v1/webhooks/deliveries?${query}`, { headers: key.headers });
      expect(await problemOf(response)).toMatchObject({ status: 400 });
    },
  );
});

describe("GET /v1/webhooks/secret", () => {
  it("is the key's own, and never changes", async () => {
    const secretOf = async ({ headers }: TestKey) => {
      const response = await request("/v1/webhooks/secret", { headers });
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      return WebhookSecret.parse(await response.json()).secret;
    };
    expect(await secretOf(key)).toBe(await secretOf(key));
    expect(await secretOf(key)).not.toBe(await secretOf(other));
  });
});

it.each(["/v1/webhooks/deliveries", "/v1/webhooks/secret"])(
  "%s requires a key with the scope explain",
  async (path) => {
    expect(await problemOf(await request(path))).toMatchObject({
      status: 401,
      type: "/problems/key-needed",
    });
    const { headers } = await makeKey(["read"]);
    expect(await problemOf(await request(path, { headers }))).toMatchObject({
      status: 403,
      type: "/problems/missing-scope",
    });
  },
);
