import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { EngineVerdict } from "./analyse.ts";
import { blocksOf } from "./blocks.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";
import { afterWindow, ONE_FRAME, secondsOf } from "./windows.ts";

/**
 * Formats a verdict for people: the blocks, and for each operator's output its channels, bands, stride,
 * halo and receptive field in time.
 *
 * @returns lines, ending in a line break
 */
export function formatModelInspection(verdict: EngineVerdict, frontEnd: FrontEnd): string {
  if (!verdict.applies) {
    return [
      `exact engine   does not apply (${verdict.code})`,
      `reason         ${verdict.reason}`,
      "instead        masks are sampled, and each different one is one forward pass",
      "",
    ].join("\n");
  }
  const { trunk } = verdict;
  const rows = [["block", "operator", "channels", "bands", "stride", "halo", "sees", "seconds"]];
  let field = ONE_FRAME;
  blocksOf(trunk).forEach((block, index) => {
    for (const stage of [block.convolution, ...block.pools]) {
      if (!stage.operator) continue;
      field = afterWindow(field, stage.operator.time);
      rows.push([
        String(index + 1),
        describe(stage),
        String(stage.shape.channels),
        String(stage.shape.bands),
        String(field.stride),
        String(field.halo),
        String(field.frames),
        secondsOf(field.frames, frontEnd).toFixed(2),
      ]);
    }
  });
  return [
    "exact engine   applies: local operators, separable pooling over time, linear head",
    `pooling        ${poolingOf(trunk)}`,
    `receptive field ${field.frames} frames (${secondsOf(field.frames, frontEnd).toFixed(2)} s), one column every ${field.stride} frames`,
    "",
    ...table(rows),
    "",
    "stride, halo and sees are in frames: column j sees `sees` frames from j x stride - halo on",
    "",
  ].join("\n");
}

function describe({ operator, pointwise }: TrunkStage): string {
  const { kind, bands, time } = operator!;
  const stride = bands.stride * time.stride > 1 ? ` / ${bands.stride}x${time.stride}` : "";
  const dilation =
    bands.dilation * time.dilation > 1 ? ` dilated ${bands.dilation}x${time.dilation}` : "";
  const then = pointwise.map(({ opType }) => opType).join(", ");
  return `${kind} ${bands.kernel}x${time.kernel}${stride}${dilation}${then ? ` + ${then}` : ""}`;
}

function poolingOf({ pieces }: Trunk): string {
  const bandsOf = { mean: "bands averaged", max: "highest band", keep: "every band" };
  return pieces
    .map(({ time, bands, size }) => `${time} over time of ${size} channels (${bandsOf[bands]})`)
    .join("; ");
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
