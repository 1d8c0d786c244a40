/** Length of the fade at either edge of a gate. */
export const FADE_SECONDS = 0.01;

/** A stretch of samples [start, end) in which a gate is open. */
export interface GateSpan {
  start: number;
  end: number;
}

export interface GatedSum {
  from: Float32Array;
  /** The gated samples are added to this. */
  into: Float32Array;
  spans: readonly GateSpan[];
  /** Hz. */
  sampleRate: number;
}

/**
 * Adds the open stretches of a signal to another, with raised-cosine fades inside of each stretch's
 * edges: for ears only, the model hears rectangular gates. A stretch shorter than two fades has
 * shorter ones.
 */
export function applyGates({ from, into, spans, sampleRate }: GatedSum): void {
  for (const { start, end } of spans) {
    const fade = Math.min(Math.round(FADE_SECONDS * sampleRate), Math.floor((end - start) / 2));
    for (let i = start; i < end; i++) {
      const fromEdge = Math.min(i - start, end - 1 - i);
      into[i]! += fromEdge < fade ? from[i]! * raisedCosine((fromEdge + 0.5) / fade) : from[i]!;
    }
  }
}

/** 0 to 1 as `x` goes from 0 to 1. */
function raisedCosine(x: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * x);
}
