import type { KeyId } from "@lemons/shared/contract/access";
import type { Settings } from "../../base/env.ts";

const PREFIX = "whsec_";
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** What is signed: the headers that go with it, and the body as it is sent. */
export interface SignedMessage {
  /** `webhook-id` */
  id: string;
  sentAt: Date;
  body: string;
}

/** The settings that signing secrets follow from. */
type Masters = Pick<Settings, "WEBHOOK_SECRET" | "WEBHOOK_SECRET_PREVIOUS">;

/**
 * The secrets that a key's webhooks are signed with: HMAC-SHA256 of the key's id, so that they need not
 * be stored. The newest first; a second one while `WEBHOOK_SECRET` is being replaced.
 *
 * @returns each `whsec_` and 32 bytes as base64
 */
export async function signingSecretsOf(
  { WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS }: Masters,
  key: KeyId,
): Promise<[string, ...string[]]> {
  const newest = await derived(WEBHOOK_SECRET, key);
  return WEBHOOK_SECRET_PREVIOUS === undefined
    ? [newest]
    : [newest, await derived(WEBHOOK_SECRET_PREVIOUS, key)];
}

async function derived(master: string, key: KeyId): Promise<string> {
  const bytes = new Uint8Array(encoder.encode(master));
  return PREFIX + base64(await hmac(bytes, `lemons-webhook-1\n${key}`));
}

/**
 * The headers of a signed message.
 *
 * @param secrets as of {@link signingSecretsOf}: a signature each, so that a receiver may have either
 * @see https://www.standardwebhooks.com, "Signature scheme", symmetric
 */
export async function signatureHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: SignedMessage,
): Promise<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const key = Uint8Array.from(atob(secret.slice(PREFIX.length)), (c) => c.charCodeAt(0));
      return `v1,${base64(await hmac(key, `${id}.${timestamp}.${body}`))}`;
    }),
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", key, ALGORITHM, false, ["sign"]);
  return crypto.subtle.sign(ALGORITHM, imported, encoder.encode(text));
}

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
