const encoder = new TextEncoder();
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/**
 * Signs a text with HMAC-SHA256 (RFC 2104). Each use prefixes its texts with its own label, so a
 * signature made for one use is invalid for every other.
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

/** Verifies the signature of a text in constant time. */
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

/** The syntax of a signature. */
export const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;

function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, [
    "sign",
    "verify",
  ]);
}
