import type { BitReader } from "./bit-reader.ts";

const FAST_BITS = 9;

/** A prefix code as a look-up of its first bits and a tree for longer codes. */
export interface HuffmanCode {
  /** By the next 9 bits: leaf x 16 + length; -1 for a longer code. */
  fast: Int16Array;
  /** Node n has children nodes[2n] and nodes[2n + 1]: another node, or -leaf - 1. */
  nodes: Int16Array;
}

/**
 * Parses a code that is written as a tree in preorder: "-" is a branch (0 then 1), two digits are a
 * leaf.
 *
 * @param radix of the digits
 */
export function parseHuffmanTree(text: string, radix: number): HuffmanCode {
  const nodes: number[] = [];
  const fast = new Int16Array(1 << FAST_BITS).fill(-1);
  let at = 0;
  const read = (code: number, length: number): number => {
    if (text[at] === "-") {
      at++;
      const node = nodes.length / 2;
      nodes.push(0, 0);
      nodes[2 * node] = read(code * 2, length + 1);
      nodes[2 * node + 1] = read(code * 2 + 1, length + 1);
      return node;
    }
    const leaf = Number.parseInt(text.slice(at, at + 2), radix);
    at += 2;
    if (length <= FAST_BITS) {
      const rest = FAST_BITS - length;
      fast.fill(leaf * 16 + length, code << rest, (code + 1) << rest);
    }
    return -leaf - 1;
  };
  read(0, 0);
  return { fast, nodes: Int16Array.from(nodes) };
}

/** Reads one leaf of a complete code. */
export function readHuffman(reader: BitReader, { fast, nodes }: HuffmanCode): number {
  const window = reader.peek32();
  const hit = fast[window >>> (32 - FAST_BITS)]!;
  if (hit >= 0) {
    reader.position += hit & 15;
    return hit >> 4;
  }
  let node = 0;
  for (let bit = 31; bit >= 0; bit--) {
    const next = nodes[2 * node + ((window >>> bit) & 1)]!;
    if (next < 0) {
      reader.position += 32 - bit;
      return -next - 1;
    }
    node = next;
  }
  return 0;
}
