import { KeyId } from "@lemons/shared/contract/access";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signatureHeaders, signingSecretsOf } from "./signature.ts";

const SETTINGS = { WEBHOOK_SECRET: "a secret of the tests, for webhooks" };
const KEY = KeyId.parse("9f2c61d0a47be385");
const message = () => ({
  id: "msg_1",
  sentAt: new Date(),
  body: '{"type":"explanation.completed","data":{"title":"Zoë’s — ♫"}}',
});

describe("signatureHeaders", () => {
  it("are verified by the reference library", async () => {
    const [secret] = await signingSecretsOf(SETTINGS, KEY);
    const sent = message();
    const headers = signatureHeaders([secret], sent);
    expect(new Webhook(secret).verify(sent.body, headers)).toEqual(JSON.parse(sent.body));
  });

  it("sign the id, the time in seconds and the body (Standard Webhooks, symmetric)", async () => {
    const [secret] = await signingSecretsOf(SETTINGS, KEY);
    const sent = message();
    const headers = signatureHeaders([secret], sent);
    const raw = Uint8Array.from(atob(secret.slice("whsec_".length)), (c) => c.charCodeAt(0));
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
    const seconds = Math.floor(sent.sentAt.getTime() / 1000);
    const text = new TextEncoder().encode(`${sent.id}.${seconds}.${sent.body}`);
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, text));
    expect(headers["webhook-signature"]).toBe(`v1,${btoa(String.fromCharCode(...mac))}`);
  });

  it("are valid for the previous and the new secret during a replacement", async () => {
    const replaced = {
      WEBHOOK_SECRET: "y".repeat(32),
      WEBHOOK_SECRET_PREVIOUS: SETTINGS.WEBHOOK_SECRET,
    };
    const secrets = await signingSecretsOf(replaced, KEY);
    expect(secrets).toHaveLength(2);
    expect(secrets[1]).toBe((await signingSecretsOf(SETTINGS, KEY))[0]);
    const sent = message();
    const headers = signatureHeaders(secrets, sent);
    expect(headers["webhook-signature"]).toMatch(/^v1,[^ ]+ v1,[^ ]+$/);
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(sent.body, headers)).toEqual(JSON.parse(sent.body));
    }
  });

  it("are invalid for another body, id, time or key", async () => {
    const [secret] = await signingSecretsOf(SETTINGS, KEY);
    const sent = message();
    const headers = signatureHeaders([secret], sent);
    const webhook = new Webhook(secret);
    const later = String(Number(headers["webhook-timestamp"]) + 1);
    const forgeries = [
      () => webhook.verify(`${sent.body} `, headers),
      () => webhook.verify(sent.body, { ...headers, "webhook-id": "msg_2" }),
      () => webhook.verify(sent.body, { ...headers, "webhook-timestamp": later }),
    ];
    for (const forgery of forgeries) expect(forgery).toThrow(WebhookVerificationError);
    const another = new Webhook(
      (await signingSecretsOf(SETTINGS, KeyId.parse(KEY.replace("9", "8"))))[0],
    );
    expect(() => another.verify(sent.body, headers)).toThrow(WebhookVerificationError);
  });
});

describe("signingSecretsOf", () => {
  it("derives 32 bytes that depend on the key and the master secret", async () => {
    const [secret] = await signingSecretsOf(SETTINGS, KEY);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await signingSecretsOf(SETTINGS, KEY)).toEqual([secret]);
    expect(await signingSecretsOf({ WEBHOOK_SECRET: "x".repeat(32) }, KEY)).not.toEqual([secret]);
  });
});
