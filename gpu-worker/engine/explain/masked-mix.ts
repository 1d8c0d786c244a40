import {
  type GateGrid,
  gatesOf,
  type SegmentBounds,
  segmentBounds,
} from "@lemons/shared/explanation/components";
import { kept, type Mask } from "@lemons/shared/explanation/mask";

/** What the components of an explanation sound like to the model. */
export interface MaskableSound {
  /** The whole; what an all-on mask gives. */
  mix: Float32Array;
  /** What the gates open and close, each as long as the mix. For `time` just the mix. */
  sources: readonly Float32Array[];
  type: GateGrid["type"];
  /** Equal pieces; the last one takes the remainder. */
  segments: number;
}

/** Renders masks of one sound. */
export interface MaskedMix {
  grid: GateGrid;
  bounds: SegmentBounds[];
  /**
   * Kept components added up, silence elsewhere; gates are rectangular, at whole samples.
   *
   * @returns a buffer that the next call overwrites
   */
  render(mask: Mask): Float32Array;
}

/** @throws RangeError where there are fewer samples than segments */
export function createMaskedMix({ mix, sources, type, segments }: MaskableSound): MaskedMix {
  const grid: GateGrid = { type, segments, sources: sources.length };
  const bounds = segmentBounds(mix.length, segments);
  const buffer = new Float32Array(mix.length);

  function render(mask: Mask): Float32Array {
    if (kept(mask) === mask.length) {
      buffer.set(mix);
      return buffer;
    }
    const gates = gatesOf(mask, grid);
    bounds.forEach(([start, end], segment) => {
      const open = sources.filter((_, source) => gates[segment * sources.length + source] === 1);
      if (open.length === 0) {
        buffer.fill(0, start, end);
        return;
      }
      for (let i = start; i < end; i++) {
        let sum = 0;
        for (const source of open) sum += source[i]!;
        buffer[i] = sum;
      }
    });
    return buffer;
  }

  return { grid, bounds, render };
}
