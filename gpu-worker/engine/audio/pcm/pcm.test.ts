import { describe, expect, it } from "vitest";
import { concatenate } from "../bytes.ts";
import { decodeAudio } from "../decode.ts";
import { outcomeOf } from "../fixtures/decoding.ts";
import { aiffFile, ascii, ID3V1, number, wavChunk, wavFile, wavFormat } from "../fixtures/files.ts";
import { fixture } from "../fixtures/signals.ts";

const HALF = Float32Array.of(0.5, -0.5, -1, 0.25);

/** The samples of HALF as integers of a depth, left-justified in whole bytes. */
function integers(bits: number, littleEndian: boolean): Uint8Array {
  const bytes = Math.ceil(bits / 8);
  return concatenate(
    [...HALF].map((x) => {
      const value = x * 2 ** (8 * bytes - 1);
      const result = new Uint8Array(bytes);
      for (let i = 0; i < bytes; i++) {
        result[littleEndian ? i : bytes - 1 - i] = Math.floor(value / 2 ** (8 * i)) & 0xff;
      }
      return result;
    }),
  );
}

const DATA16 = integers(16, true);
const LIST = wavChunk("LIST", ascii("INFOISFT\x04\0\0\0test"));
const GUID_TAIL = Uint8Array.of(0, 0, 0, 0, 16, 0, 128, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71);

async function samplesOf(file: Uint8Array): Promise<Float32Array> {
  return (await decodeAudio(file)).channels[0]!;
}

describe("WAV", () => {
  it.each([12, 16, 20, 24, 32])("scales %i-bit samples to full scale 1", async (bits) => {
    const file = wavFile([wavFormat({ bits }), wavChunk("data", integers(bits, true))]);
    expect(await samplesOf(file)).toEqual(HALF);
  });

  it("reads 8-bit samples as unsigned", async () => {
    const data = Uint8Array.of(192, 64, 0, 160);
    const file = wavFile([wavFormat({ bits: 8 }), wavChunk("data", data)]);
    expect(await samplesOf(file)).toEqual(HALF);
  });

  it.each([32, 64])("reads %i-bit floats beyond full scale", async (bits) => {
    const values = [0.5, -3.25];
    const data = new Uint8Array(
      bits === 32 ? Float32Array.from(values).buffer : Float64Array.from(values).buffer,
    );
    const file = wavFile([wavFormat({ tag: 3, bits }), wavChunk("data", data)]);
    expect([...(await samplesOf(file))]).toEqual(values);
  });

  it("reads extensible headers and refuses private sub-formats", async () => {
    const rest = (tail: Uint8Array) =>
      concatenate([
        number(22, 2, true),
        number(16, 2, true),
        number(4, 4, true),
        number(1, 2, true),
        tail,
      ]);
    const file = (tail: Uint8Array) =>
      wavFile([wavFormat({ tag: 0xfffe, rest: rest(tail) }), wavChunk("data", DATA16)]);
    expect(await samplesOf(file(GUID_TAIL))).toEqual(HALF);
    expect(await outcomeOf(file(new Uint8Array(14)))).toMatch(/private sub-format isn't supported/);
  });

  it.each([
    [6, "alaw"],
    [7, "ulaw"],
  ])("decodes G.711 (tag %i)", async (tag) => {
    const data = Uint8Array.of(0x00, 0x80, 0x55, 0xd5, 0xff, 0x7f);
    const samples = await samplesOf(wavFile([wavFormat({ tag, bits: 8 }), wavChunk("data", data)]));
    const expected =
      tag === 6 ? [-5504, 5504, -8, 8, 848, -848] : [-32_124, 32_124, -716, 716, 0, 0];
    expect([...samples].map((x) => x * 32_768 + 0)).toEqual(expected);
  });

  it("reads RF64, BW64 and RIFX", async () => {
    expect(await outcomeOf(fixture("rf64.wav"))).toBe("accepted 64000 samples");
    const ds64 = wavChunk(
      "ds64",
      concatenate([new Uint8Array(8), number(DATA16.length, 4, true), new Uint8Array(16)]),
    );
    const data = wavChunk("data", DATA16, 0xffffffff);
    const file = wavFile([ds64, wavFormat({}), data, LIST], "BW64");
    expect(await samplesOf(file)).toEqual(HALF);
    const big = wavFile([wavFormat({ rest: new Uint8Array() })], "RIFX");
    expect(await outcomeOf(big)).not.toMatch(/accepted/);
  });

  it.each([0, 0xffffffff, 0x7fffffff])(
    "reads to the end if a streaming writer left the size at %i",
    async (size) => {
      const file = wavFile([wavFormat({}), wavChunk("data", DATA16, size)]);
      expect(await samplesOf(file)).toEqual(HALF);
    },
  );

  it("leaves chunks behind samples of unknown size out", async () => {
    const file = wavFile([wavFormat({}), wavChunk("data", DATA16, 0xffffffff), LIST]);
    expect(await samplesOf(file)).toEqual(HALF);
  });

  it("finds no samples in an empty data chunk with a LIST behind it", async () => {
    const expected = "The WAV file holds no audio samples. Export it again.";
    expect(await outcomeOf(fixture("data-size-0-then-list.wav"))).toBe(expected);
    expect(await outcomeOf(wavFile([wavFormat({}), wavChunk("data", DATA16, 0), LIST]))).not.toBe(
      expected,
    );
    expect(await outcomeOf(wavFile([wavFormat({}), wavChunk("data", new Uint8Array())]))).toBe(
      expected,
    );
  });

  it("accepts chunks around the samples, with and without padding, and tags behind", async () => {
    const odd = wavChunk("note", ascii("odd"));
    const unpadded = odd.subarray(0, odd.length - 1);
    for (const extra of [odd, unpadded]) {
      const file = wavFile([LIST, extra, wavFormat({}), extra, wavChunk("data", DATA16), LIST]);
      expect(await samplesOf(concatenate([file, ID3V1]))).toEqual(HALF);
    }
  });

  it("refuses two recordings in one file", async () => {
    const data = wavChunk("data", DATA16);
    const one = wavFile([wavFormat({}), data]);
    expect(await outcomeOf(concatenate([one, one]))).toMatch(/holds several streams/);
    expect(await outcomeOf(wavFile([wavFormat({}), data, data]))).toMatch(/holds several streams/);
  });

  it("names other codecs and cut-off files", async () => {
    const adpcm = wavFile([wavFormat({ tag: 17, bits: 4 }), wavChunk("data", DATA16)]);
    expect(await outcomeOf(adpcm)).toMatch(/IMA ADPCM of 4 bits isn't supported/);
    const cut = wavFile([wavFormat({}), wavChunk("data", DATA16, 32_000)]);
    expect(await outcomeOf(cut)).toMatch(/truncated: it ends after 0\.0 s, 8 of 32000 bytes/);
  });
});

describe("AIFF", () => {
  it.each([
    [null, 8],
    [null, 16],
    [null, 24],
    [null, 32],
    ["NONE", 16],
    ["twos", 16],
    ["in24", 24],
    ["in32", 32],
  ] as const)("decodes %s of %i bits", async (compression, bits) => {
    const data = integers(bits, false);
    expect(await samplesOf(aiffFile({ compression, bits, frames: 4, data }))).toEqual(HALF);
  });

  it("decodes little-endian, float and the declared frames only", async () => {
    const sowt = aiffFile({ compression: "sowt", frames: 3, data: DATA16 });
    expect(await samplesOf(sowt)).toEqual(HALF.subarray(0, 3));
    const data = concatenate(
      [...HALF].map((x) => new Uint8Array(Float32Array.of(x).buffer).reverse()),
    );
    const float = aiffFile({ compression: "fl32", bits: 32, frames: 4, data });
    expect(await decodeAudio(float)).toEqual({ sampleRate: 8000, channels: [HALF] });
  });

  it("names other compressions, and refuses cut-off and joined files", async () => {
    const data = integers(16, false);
    const ima = aiffFile({ compression: "ima4", frames: 4, data });
    expect(await outcomeOf(ima)).toMatch(/ima4 compression isn't supported/);
    const short = aiffFile({ frames: 400, data });
    expect(await outcomeOf(short)).toMatch(/truncated: .*8 of 800 bytes/);
    const one = aiffFile({ frames: 4, data });
    expect(await outcomeOf(concatenate([one, one]))).toMatch(/holds several streams/);
    expect(await outcomeOf(aiffFile({ frames: 0, data: new Uint8Array() }))).toMatch(
      /no audio samples/,
    );
  });
});
