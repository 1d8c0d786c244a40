/** A part of an object, in bytes. */
export interface ByteRange {
  offset: number;
  length: number;
}

const UNIT = /^\s*bytes\s*=/i;
const RANGE = /^(\d*)-(\d*)$/;

/**
 * Reads a `Range` header (RFC 9110, 14.2). Positions have any number of digits.
 *
 * @param size bytes of the whole object
 * @returns the range; "whole" without a header, for an unknown unit, and for several ranges, which a
 *   server may ignore; "unsatisfiable" if the range is malformed or starts beyond the end
 */
export function parseByteRange(
  header: string | undefined,
  size: number,
): ByteRange | "whole" | "unsatisfiable" {
  if (header === undefined || !UNIT.test(header)) return "whole";
  // A list may have empty elements (RFC 9110, 5.6.1.2).
  const ranges = header
    .replace(UNIT, "")
    .split(",")
    .map((range) => range.trim())
    .filter((range) => range !== "");
  if (ranges.length > 1 && ranges.every((range) => RANGE.test(range) && range !== "-")) {
    return "whole";
  }
  const match = ranges.length === 1 ? RANGE.exec(ranges[0]!) : null;
  if (!match) return "unsatisfiable";
  const [, first = "", last = ""] = match;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return last === "" || length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  // Beyond 2^53 a number is rounded, but stays larger than any object.
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return offset >= size || end < offset ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
