import type { KeyId } from "@lemons/shared/contract/access";
import type { Settings } from "../env.ts";

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

/**
 * The secret that a key's webhooks are signed with: HMAC-SHA256 of the key's id, so that it need not
 * be stored.
 *
 * @returns `whsec_` and 32 bytes as base64
 */
export async function signingSecretOf(
  settings: Pick<Settings, "WEBHOOK_SECRET">,
  key: KeyId,
): Promise<string> {
  const master = new Uint8Array(encoder.encode(settings.WEBHOOK_SECRET));
  return PREFIX + base64(await hmac(master, `lemons-webhook-1\n${key}`));
}

/**
 * The headers of a signed message.
 *
 * @param secret as of {@link signingSecretOf}
 * @see https://www.standardwebhooks.com, "Signature scheme", symmetric
 */
export async function signatureHeaders(
  secret: string,
  { id, sentAt, body }: SignedMessage,
): Promise<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const key = Uint8Array.from(atob(secret.slice(PREFIX.length)), (c) => c.charCodeAt(0));
  const signature = base64(await hmac(key, `${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", key, ALGORITHM, false, ["sign"]);
  return crypto.subtle.sign(ALGORITHM, imported, encoder.encode(text));
}

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
