/** A part of an object, in bytes. */
export interface ByteRange {
  offset: number;
  length: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2).
 *
 * @param size bytes of the whole object
 * @returns the one range; "whole" if there is none or its unit is unknown; "unsatisfiable" if it lies
 *   outside the object, is malformed, or is more than one
 */
export function parseByteRange(
  header: string | undefined,
  size: number,
): ByteRange | "whole" | "unsatisfiable" {
  if (header === undefined || !/^\s*bytes\s*=/i.test(header)) return "whole";
  const match = /^\s*bytes\s*=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header);
  if (!match) return "unsatisfiable";
  const [, first = "", last = ""] = match;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return last === "" || length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return offset >= size || end < offset ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
