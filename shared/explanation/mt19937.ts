const STATE_WORDS = 624;
const MIDDLE_WORD = 397;
const TWIST_MATRIX = 0x9908b0df;
const UPPER_MASK = 0x80000000;
const LOWER_MASK = 0x7fffffff;

/** A stream of random integers. */
export interface RandomStream {
  /** Returns the next word of the stream, 0 to 2^32 - 1. */
  nextUint32(): number;
  /**
   * Returns an integer in [low, high) by NumPy's masked rejection: words are masked to the bits of
   * `high - low - 1` and drawn again while they exceed it.
   */
  randint(low: number, high: number): number;
}

function initialState(seed: number): Uint32Array {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let i = 1; i < STATE_WORDS; i++) {
    const previous = state[i - 1]!;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE_WORDS; i++) {
    const joined = (state[i]! & UPPER_MASK) | (state[(i + 1) % STATE_WORDS]! & LOWER_MASK);
    const middle = state[(i + MIDDLE_WORD) % STATE_WORDS]!;
    state[i] = middle ^ (joined >>> 1) ^ (joined & 1 ? TWIST_MATRIX : 0);
  }
}

function temper(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  y ^= y >>> 18;
  return y >>> 0;
}

/**
 * Creates a Mersenne Twister with the stream of NumPy's `RandomState(seed)`, from which the original
 * draws its masks. Source: Matsumoto and Nishimura, "Mersenne Twister" (ACM TOMACS 8(1), 1998).
 *
 * @param seed integer, 0 to 2^32 - 1
 * @throws RangeError for another seed
 */
export function createMt19937(seed: number): RandomStream {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`seed must be an integer from 0 to 4294967295, not ${seed}`);
  }
  const state = initialState(seed);
  let position = STATE_WORDS;

  function nextUint32(): number {
    if (position === STATE_WORDS) {
      twist(state);
      position = 0;
    }
    return temper(state[position++]!);
  }

  function randint(low: number, high: number): number {
    const largest = high - low - 1;
    if (!Number.isInteger(low) || !Number.isInteger(high) || largest < 0 || largest > 0xffffffff) {
      throw new RangeError(
        `invalid range ${low} to ${high}; use integers with low < high <= low + 2^32`,
      );
    }
    if (largest === 0) return low;
    const bits = 0xffffffff >>> Math.clz32(largest);
    for (;;) {
      const value = (nextUint32() & bits) >>> 0;
      if (value <= largest) return low + value;
    }
  }

  return { nextUint32, randint };
}
