import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signatureHeaders, signingSecretOf } from "./signature.ts";

const SETTINGS = { WEBHOOK_SECRET: "a secret of the tests, for webhooks" };
const KEY = "9f2c61d0a47be385";
const message = () => ({
  id: "msg_1",
  sentAt: new Date(),
  body: '{"type":"explanation.completed","data":{"title":"Zoë’s — ♫"}}',
});

describe("signatureHeaders", () => {
  it("are what the reference library verifies", async () => {
    const secret = await signingSecretOf(SETTINGS, KEY);
    const sent = message();
    const headers = await signatureHeaders(secret, sent);
    expect(new Webhook(secret).verify(sent.body, headers)).toEqual(JSON.parse(sent.body));
  });

  it("are those of the reference library", async () => {
    const secret = await signingSecretOf(SETTINGS, KEY);
    const sent = message();
    const headers = await signatureHeaders(secret, sent);
    expect(headers["webhook-signature"]).toBe(
      new Webhook(secret).sign(sent.id, sent.sentAt, sent.body),
    );
  });

  it("hold for nothing else: another body, id, time, or key", async () => {
    const secret = await signingSecretOf(SETTINGS, KEY);
    const sent = message();
    const headers = await signatureHeaders(secret, sent);
    const webhook = new Webhook(secret);
    const later = String(Number(headers["webhook-timestamp"]) + 1);
    const forgeries = [
      () => webhook.verify(`${sent.body} `, headers),
      () => webhook.verify(sent.body, { ...headers, "webhook-id": "msg_2" }),
      () => webhook.verify(sent.body, { ...headers, "webhook-timestamp": later }),
    ];
    for (const forgery of forgeries) expect(forgery).toThrow(WebhookVerificationError);
    const another = new Webhook(await signingSecretOf(SETTINGS, KEY.replace("9", "8")));
    expect(() => another.verify(sent.body, headers)).toThrow(WebhookVerificationError);
  });
});

describe("signingSecretOf", () => {
  it("is 32 bytes, always the same of one key, and another with another master secret", async () => {
    const secret = await signingSecretOf(SETTINGS, KEY);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await signingSecretOf(SETTINGS, KEY)).toBe(secret);
    expect(await signingSecretOf({ WEBHOOK_SECRET: "x".repeat(32) }, KEY)).not.toBe(secret);
  });
});
