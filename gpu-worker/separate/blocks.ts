/** A stretch of samples that is worked on at once and fades into its neighbours. */
export interface Block {
  start: number;
  end: number;
  /** Samples at its start and end that it shares with the block before and after. */
  fadeIn: number;
  fadeOut: number;
}

/**
 * Cuts `length` samples into blocks of about equal length.
 *
 * @param whole up to so many samples there is one block
 * @param aim length of a block where there are more
 * @param overlap samples that neighbours share; less than half of `aim`
 */
export function blocksOf(length: number, whole: number, aim: number, overlap: number): Block[] {
  if (length <= whole) return [{ start: 0, end: length, fadeIn: 0, fadeOut: 0 }];
  const count = Math.ceil((length - overlap) / (aim - overlap));
  const advance = (length - overlap) / count;
  return Array.from({ length: count }, (_, index) => ({
    start: Math.round(index * advance),
    end: index === count - 1 ? length : Math.round((index + 1) * advance) + overlap,
    fadeIn: index === 0 ? 0 : overlap,
    fadeOut: index === count - 1 ? 0 : overlap,
  }));
}

/** Adds a block's samples to the whole with linear fades, which sum to one where blocks overlap. */
export function addBlock(whole: Float32Array, samples: Float32Array, block: Block): void {
  const { start, end, fadeIn, fadeOut } = block;
  const length = end - start;
  for (let index = 0; index < length; index++) {
    let gain = 1;
    if (index < fadeIn) gain = (index + 0.5) / fadeIn;
    const left = length - index;
    if (left <= fadeOut) gain = (left - 0.5) / fadeOut;
    whole[start + index]! += gain * samples[index]!;
  }
}
