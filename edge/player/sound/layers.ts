import type { Gates } from "../what-if/selection.ts";

/** A sound with a position in the excerpt and a gate. */
export interface Layer {
  buffer: AudioBuffer;
  /** Start in the excerpt, seconds. */
  startSeconds: number;
}

/** A layer that is open in some selections. */
export interface GatedLayer extends Layer {
  /** Name of the source; null for the mix and for highlights. */
  source: string | null;
  isOpen(gates: Gates, segment: number): boolean;
}

/** The playable layers of an explanation. */
export interface LayerSet {
  /**
   * `stems` has a layer per source and plays any selection. `mix` plays whole segments, and the
   * highlights that the server has rendered.
   */
  kind: "stems" | "mix";
  layers: readonly GatedLayer[];
}
