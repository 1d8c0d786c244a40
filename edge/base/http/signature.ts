const encoder = new TextEncoder();
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/**
 * Signs a text with HMAC-SHA256 (RFC 2104). Texts of different uses begin differently, so that the
 * signature of one is good for no other.
 *
 * @returns 43 characters of base64url
 */
export async function signatureOf(secret: string, text: string): Promise<string> {
  const mac = await crypto.subtle.sign(ALGORITHM, await keyOf(secret), encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Whether a signature is a text's; it takes the same time for every wrong one. */
export async function isSignatureOf(
  secret: string,
  text: string,
  signature: string,
): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false;
  const binary = atob(signature.replaceAll("-", "+").replaceAll("_", "/"));
  const mac = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return crypto.subtle.verify(ALGORITHM, await keyOf(secret), mac, encoder.encode(text));
}

/** What signatures look like. */
export const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;

function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, [
    "sign",
    "verify",
  ]);
}
