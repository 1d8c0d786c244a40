/** One wedge of a citrus slice centred on 0, 0. */
export interface Wedge {
  /** Position among the wedges, clockwise from the top; starts at 0. */
  index: number;
  count: number;
  radius: number;
  /** Rotation of the whole slice, degrees. */
  rotation?: number;
  /** Distance between neighbours, in units of the drawing; 2 by default. */
  gap?: number;
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Returns the SVG path of a wedge. */
export function wedgePath({ index, count, radius, rotation = 0, gap = 2 }: Wedge): string {
  const span = (2 * Math.PI) / count;
  const start = index * span + (rotation / 180) * Math.PI - Math.PI / 2;
  const middle = start + span / 2;
  const trim = gap / (2 * radius);
  // The inner edges meet here once both have moved inwards by half a gap.
  const inset = gap / (2 * Math.sin(span / 2));
  const at = (angle: number, distance: number) =>
    `${round(Math.cos(angle) * distance)} ${round(Math.sin(angle) * distance)}`;
  return `M${at(middle, inset)}L${at(start + trim, radius)}A${radius} ${radius} 0 0 1 ${at(
    start + span - trim,
    radius,
  )}Z`;
}
