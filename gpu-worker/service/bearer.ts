import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether two secrets are the same, in a time that tells nothing of where or in which length they
 * differ: their hashes are compared.
 */
export function isSameSecret(given: string, secret: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
