import type { Tensor } from "../runtime/runtime.ts";
import { CHAIN_NAMES } from "./chain-graph.ts";
import type { ChainSession } from "./chain-sessions.ts";
import { addPooled, type PooledRows } from "./pooled-rows.ts";
import type { ShortSilence } from "./silence.ts";
import type { Trunk } from "./trunk.ts";

/** Where the combination of none is written: row 0 of everything. */
export interface SilenceTargets {
  pooled: readonly PooledRows[];
  shares: readonly Tensor[];
}

/** Computes the combination of none from a short silent track. */
export async function runSilence(
  trunk: Trunk,
  session: ChainSession,
  { frames, shape, shares, pooled }: ShortSilence,
  targets: SilenceTargets,
): Promise<void> {
  const { bands, pieces } = trunk;
  const power = { data: new Float32Array(frames * bands), dims: [1, 1, frames, bands] };
  const results: Record<string, Tensor> = {};
  const partials = shape.partials.map((_, i) => {
    const [, ...dims] = targets.shares[shares.indexOf(i)]!.dims;
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    results[CHAIN_NAMES.partial(i)] = { data, dims: [1, ...dims] };
    return data;
  });
  const groups = shape.pooled.map((_, group) =>
    pieces.map(({ size }, i) => {
      const data = new Float32Array(size);
      results[CHAIN_NAMES.pooled(group, i)] = { data, dims: [1, size] };
      return data;
    }),
  );
  await session.run({ [CHAIN_NAMES.power]: power }, results);
  targets.shares.forEach(({ data }, i) => {
    data.set(partials[shares[i]!]!);
  });
  targets.pooled.forEach((target, i) => {
    pooled[i]!.forEach((count, group) => {
      if (count > 0) addPooled(trunk, target, groups[group]!, { row: 0, rows: 1, times: count });
    });
  });
}
