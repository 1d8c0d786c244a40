import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMt19937 } from "./mt19937.ts";

interface GoldenStream {
  seed: number;
  first_randint_0_1000: number;
  next_200_bits: string;
  raw_uint32_first8: number[];
}

const url = new URL("../../infra/golden/lime/rng.json", import.meta.url);
const { mt19937 }: { mt19937: GoldenStream[] } = JSON.parse(readFileSync(url, "utf8"));

describe("createMt19937", () => {
  it.each(mt19937)("equals NumPy's stream for seed $seed", (golden) => {
    const words = createMt19937(golden.seed);
    expect(golden.raw_uint32_first8.map(() => words.nextUint32())).toEqual(
      golden.raw_uint32_first8,
    );
    const integers = createMt19937(golden.seed);
    expect(integers.randint(0, 1000)).toBe(golden.first_randint_0_1000);
    const bits = Array.from({ length: 200 }, () => integers.randint(0, 2)).join("");
    expect(bits).toBe(golden.next_200_bits);
  });

  it("continues correctly after its first 624 words", () => {
    // The 10,000th word for seed 5489 is given by the C++ standard, [rand.predef].
    const words = createMt19937(5489);
    for (let i = 1; i < 10_000; i++) words.nextUint32();
    expect(words.nextUint32()).toBe(4123659995);
  });

  it("needs no word for a range of one integer and reaches the whole range of 2^32", () => {
    const stream = createMt19937(0);
    expect(stream.randint(7, 8)).toBe(7);
    expect(stream.randint(0, 2 ** 32)).toBe(2357136044);
  });

  it.each([-1, 0.5, 2 ** 32, Number.NaN])("rejects the seed %s", (seed) => {
    expect(() => createMt19937(seed)).toThrow(RangeError);
  });

  it("rejects an empty range", () => {
    expect(() => createMt19937(0).randint(3, 3)).toThrow(RangeError);
  });
});
