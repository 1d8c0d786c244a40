/** A stretch of samples that is processed at once and cross-fades into its neighbours. */
export interface SampleBlock {
  start: number;
  end: number;
  /** Samples shared with the block before. */
  fadeIn: number;
  /** Samples shared with the block after. */
  fadeOut: number;
}

/**
 * Splits `length` samples into blocks of about equal length.
 *
 * @param options.oneBlock longest signal, in samples, that stays one block
 * @param options.target length of the blocks of a longer signal
 * @param options.overlap samples that neighbours share; less than half of `target`
 */
export function splitIntoBlocks(
  length: number,
  { oneBlock, target, overlap }: { oneBlock: number; target: number; overlap: number },
): SampleBlock[] {
  if (length <= oneBlock) return [{ start: 0, end: length, fadeIn: 0, fadeOut: 0 }];
  const count = Math.ceil((length - overlap) / (target - overlap));
  const advance = (length - overlap) / count;
  return Array.from({ length: count }, (_, index) => ({
    start: Math.round(index * advance),
    end: index === count - 1 ? length : Math.round((index + 1) * advance) + overlap,
    fadeIn: index === 0 ? 0 : overlap,
    fadeOut: index === count - 1 ? 0 : overlap,
  }));
}

/** Adds a block to the whole signal with linear fades; overlapping fades sum to one. */
export function addBlock(
  whole: Float32Array,
  samples: Float32Array | Float64Array,
  { start, end, fadeIn, fadeOut }: SampleBlock,
): void {
  const length = end - start;
  const fading = length - fadeOut;
  for (let i = 0; i < fadeIn; i++) whole[start + i]! += ((i + 0.5) / fadeIn) * samples[i]!;
  for (let i = fadeIn; i < fading; i++) whole[start + i]! += samples[i]!;
  for (let i = fading; i < length; i++) {
    whole[start + i]! += ((length - i - 0.5) / fadeOut) * samples[i]!;
  }
}
