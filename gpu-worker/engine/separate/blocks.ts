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
export function addBlock(
  whole: Float32Array,
  samples: Float32Array | Float64Array,
  { start, end, fadeIn, fadeOut }: Block,
): void {
  const length = end - start;
  const fading = length - fadeOut;
  for (let i = 0; i < fadeIn; i++) whole[start + i]! += ((i + 0.5) / fadeIn) * samples[i]!;
  for (let i = fadeIn; i < fading; i++) whole[start + i]! += samples[i]!;
  for (let i = fading; i < length; i++) {
    whole[start + i]! += ((length - i - 0.5) / fadeOut) * samples[i]!;
  }
}
