import type { KeyId } from "@lemons/shared/contract/access";
import { Webhook } from "standardwebhooks";
import type { Settings } from "../../base/env.ts";

const PREFIX = "whsec_";
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** A message to sign: the headers that go with it, and the body as it is sent. */
export interface SignedMessage {
  /** `webhook-id` */
  id: string;
  sentAt: Date;
  body: string;
}

/** The settings that signing secrets are derived from. */
type MasterSecrets = Pick<Settings, "WEBHOOK_SECRET" | "WEBHOOK_SECRET_PREVIOUS">;

/**
 * Derives the secrets that a key's webhooks are signed with: HMAC-SHA256 of the key's id, so that they
 * needn't be stored. The newest is first; there is a second one while `WEBHOOK_SECRET` is being replaced.
 *
 * @returns each `whsec_` and 32 bytes as base64
 */
export async function signingSecretsOf(
  { WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS }: MasterSecrets,
  key: KeyId,
): Promise<[string, ...string[]]> {
  const newest = await deriveSecret(WEBHOOK_SECRET, key);
  return WEBHOOK_SECRET_PREVIOUS === undefined
    ? [newest]
    : [newest, await deriveSecret(WEBHOOK_SECRET_PREVIOUS, key)];
}

async function deriveSecret(master: string, key: KeyId): Promise<string> {
  const imported = await crypto.subtle.importKey("raw", encoder.encode(master), ALGORITHM, false, [
    "sign",
  ]);
  const text = encoder.encode(`lemons-webhook-1\n${key}`);
  const bytes = new Uint8Array(await crypto.subtle.sign(ALGORITHM, imported, text));
  return PREFIX + btoa(String.fromCharCode(...bytes));
}

/**
 * Returns the headers of a signed message.
 *
 * @param secrets of {@link signingSecretsOf}; one signature each, so that a receiver may have either
 * @see https://www.standardwebhooks.com, "Signature scheme", symmetric
 */
export function signatureHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: SignedMessage,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, sentAt, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}
