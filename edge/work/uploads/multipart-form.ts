/** A piece of a form, in the order of arrival. */
export type FormEvent =
  | { kind: "part"; name: string; filename: string | null }
  | { kind: "data"; bytes: Uint8Array };

/** A malformed or incomplete form. */
export class FormError extends Error {
  override name = "FormError";
}

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_PARTS = 8;
const CR = 13;

/**
 * Parses the boundary of `multipart/form-data` (RFC 7578, section 4.1).
 *
 * @returns null for another media type, or without a valid boundary
 */
export function formBoundary(contentType: string | undefined): string | null {
  const match =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s";,]{1,70}))/i.exec(
      contentType ?? "",
    );
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * Reads a form piece by piece. Holds no part in memory, whatever its size; limiting the whole body is up
 * to the caller, and so limits the preamble.
 *
 * @throws FormError if the body is malformed or incomplete
 */
export async function* multipartForm(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormEvent> {
  const delimiter = ascii(`\r\n--${boundary}`);
  const chunks = body[Symbol.asyncIterator]();
  // The first delimiter may stand at the very start: a line break before it makes it like the others.
  let pending = ascii("\r\n");

  async function more(): Promise<void> {
    const { done, value } = await chunks.next();
    if (done) throw new FormError("the form ends before its last boundary");
    pending = joined(pending, value);
  }
  async function take(length: number): Promise<string> {
    while (pending.length < length) await more();
    const text = latin1(pending.subarray(0, length));
    pending = pending.subarray(length);
    return text;
  }
  /** Yields everything before the next delimiter, and skips the delimiter. */
  async function* untilDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = find(pending, delimiter);
      if (at !== -1) {
        if (at > 0) yield pending.subarray(0, at);
        pending = pending.subarray(at + delimiter.length);
        return;
      }
      const sure = pending.length - delimiter.length + 1;
      if (sure > 0) {
        yield pending.subarray(0, sure);
        pending = pending.subarray(sure);
      }
      await more();
    }
  }

  for await (const _preamble of untilDelimiter());
  for (let parts = 0; ; parts++) {
    const after = await take(2);
    if (after === "--") return;
    if (after !== "\r\n") throw new FormError("a boundary is not followed by a line break");
    if (parts === MAX_PARTS) throw new FormError(`the form has more than ${MAX_PARTS} parts`);
    let end = find(pending, HEADERS_END);
    while (end === -1) {
      if (pending.length > MAX_HEADER_BYTES) throw new FormError("a part's headers are too long");
      await more();
      end = find(pending, HEADERS_END);
    }
    const headers = await take(end + HEADERS_END.length);
    yield { kind: "part", ...disposition(headers) };
    for await (const bytes of untilDelimiter()) yield { kind: "data", bytes };
  }
}

const HEADERS_END = ascii("\r\n\r\n");

function disposition(headers: string): { name: string; filename: string | null } {
  const line = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(headers)?.[1];
  const parameter = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}="([^"\\r\\n]*)"`, "i").exec(line ?? "")?.[1];
  const name = parameter("name");
  if (name === undefined) throw new FormError("a part has no name");
  const filename = parameter("filename");
  return { name: utf8(name), filename: filename === undefined ? null : utf8(filename) };
}

/** Decodes a name from bytes: browsers send UTF-8, with quotes and line breaks escaped. */
function utf8(text: string): string {
  const decoded = new TextDecoder().decode(ascii(text));
  return decoded.replaceAll("%22", '"').replaceAll(/%0[AD]/gi, " ");
}

function find(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}

function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
