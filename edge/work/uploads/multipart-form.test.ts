import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormError, formBoundary, multipartForm } from "./multipart-form.ts";

const encoder = new TextEncoder();

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

interface Part {
  name: string;
  filename: string | null;
  bytes: number[];
}

async function read(bytes: Uint8Array, boundary: string, size = 7): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const event of multipartForm(inPieces(bytes, size), boundary)) {
    if (event.kind === "part")
      parts.push({ name: event.name, filename: event.filename, bytes: [] });
    else parts.at(-1)!.bytes.push(...event.bytes);
  }
  return parts;
}

const form = (text: string) => encoder.encode(text.replaceAll("\n", "\r\n"));

describe("multipartForm", () => {
  it("reads what the platform's own FormData writes, in pieces of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.string(),
        fc.integer({ min: 1, max: 400 }),
        async (file, title, size) => {
          const data = new FormData();
          data.append("title", title);
          data.append("audio", new Blob([new Uint8Array(file)]), 'a "song".ogg');
          const response = new Response(data);
          const boundary = formBoundary(response.headers.get("Content-Type")!)!;
          const parts = await read(new Uint8Array(await response.arrayBuffer()), boundary, size);
          const sent = encoder.encode(title.replaceAll(/\r\n|\r|\n/g, "\r\n"));
          expect(parts).toEqual([
            { name: "title", filename: null, bytes: [...sent] },
            { name: "audio", filename: 'a "song".ogg', bytes: [...file] },
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("skips everything before the first boundary and after the last", async () => {
    const body = 'hello\n--b\nContent-Disposition: form-data; name="x"\n\n1\n--b--\nbye';
    expect(await read(form(body), "b")).toEqual([{ name: "x", filename: null, bytes: [49] }]);
  });

  it.each([
    ["that ends within a part", '--b\nContent-Disposition: form-data; name="x"\n\nabc'],
    ["that ends within headers", "--b\nContent-Disp"],
    ["without a boundary", "hello"],
    ["with a part without a name", "--b\nContent-Type: text/plain\n\nx\n--b--"],
    ["with a boundary that goes on", '--bc\nContent-Disposition: form-data; name="x"\n\nx\n--b--'],
    ["with endless headers", `--b\nX: ${"x".repeat(20_000)}`],
    [
      "with too many parts",
      `${'--b\nContent-Disposition: form-data; name="x"\n\n\n'.repeat(9)}--b--`,
    ],
  ])("rejects a form %s", async (_what, body) => {
    await expect(read(form(body), "b", 1000)).rejects.toThrow(FormError);
  });
});

describe("formBoundary", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['Multipart/Form-Data; charset=utf-8; boundary="a b"', "a b"],
    ["multipart/form-data", null],
    ["multipart/mixed; boundary=abc", null],
    [undefined, null],
  ])("parses %s as %s", (type, boundary) => expect(formBoundary(type)).toBe(boundary));
});
