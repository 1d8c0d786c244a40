/** A value that JSON can represent. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A value without a canonical JSON form; the message names its path. */
export class CanonicalJsonError extends Error {
  override readonly name = "CanonicalJsonError";
}

/** Deeper values are cyclic or malicious. */
const MAX_DEPTH = 64;

function write(value: unknown, path: string, depth = 0): string {
  if (depth > MAX_DEPTH)
    throw new CanonicalJsonError(`the value is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new CanonicalJsonError(`${path} is ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new CanonicalJsonError(`${path} has half a surrogate pair`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`, depth + 1)).join(",")}]`;
  }
  if (typeof value !== "object") throw new CanonicalJsonError(`${path} is ${describe(value)}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new CanonicalJsonError(`${path} is not a plain object`);
  }
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, member]) =>
        `${write(key, `a key of ${path}`)}:${write(member, `${path}.${key}`, depth + 1)}`,
    );
  return `{${members.join(",")}}`;
}

function describe(value: unknown): string {
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

/**
 * Writes a value as canonical JSON (RFC 8785, JSON Canonicalization Scheme): keys sorted by UTF-16
 * code units, no white space, ECMAScript numbers. Equal values have equal texts, and hence equal
 * hashes.
 *
 * @throws CanonicalJsonError for undefined, NaN, infinities, lone surrogates, nesting deeper than 64 and
 *   anything else that is not plain data, instead of leaving it out
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, "value");
}
