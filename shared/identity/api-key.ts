import { KeyId } from "../contract/access.ts";
import { sha256Hex } from "./sha256.ts";

const ID_BYTES = 8;
const SECRET_BYTES = 32;

/** Number of random bytes for {@link apiKeyFrom}. */
export const API_KEY_ENTROPY_BYTES = ID_BYTES + SECRET_BYTES;

const TOKEN = /^lemons_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** A new key: the token that its holder sends, and the values to store. */
export interface NewApiKey {
  id: KeyId;
  /** `lemons_<id>_<secret>`, with a secret of 256 bits in base64url. */
  token: string;
  tokenSha256: string;
}

/**
 * Creates a key from random bytes. A secret of 256 random bits can't be guessed and needs no slow hash.
 *
 * @param entropy {@link API_KEY_ENTROPY_BYTES} bytes of a cryptographic random number generator
 */
export async function apiKeyFrom(entropy: Uint8Array): Promise<NewApiKey> {
  if (entropy.length !== API_KEY_ENTROPY_BYTES) {
    throw new RangeError(
      `an API key needs ${API_KEY_ENTROPY_BYTES} random bytes, not ${entropy.length}`,
    );
  }
  const id = KeyId.parse(hex(entropy.subarray(0, ID_BYTES)));
  const token = `lemons_${id}_${base64url(entropy.subarray(ID_BYTES))}`;
  return { id, token, tokenSha256: await sha256Hex(token) };
}

/** Returns the id in a token, or null if the text is not a LEMONS token. */
export function keyIdOf(token: string): KeyId | null {
  const id = KeyId.safeParse(TOKEN.exec(token)?.[1]);
  return id.success ? id.data : null;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Alphabet of base64url (RFC 4648, section 5). */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function base64url(bytes: Uint8Array): string {
  let text = "";
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += ALPHABET[(pair >> (10 - (bit & 7))) & 63]!;
  }
  return text;
}
