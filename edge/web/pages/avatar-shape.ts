/** Lemon, lime, orange, blood orange, grapefruit, dragon fruit, plum, blueberry, mint. */
const HUES = [52, 92, 30, 6, 338, 305, 268, 212, 165] as const;

/** A citrus fruit of one's own: everything that tells one avatar from another. */
export interface AvatarShape {
  /** Degrees on the colour wheel. */
  hue: (typeof HUES)[number];
  wedges: number;
  rotation: number;
  /** Wedges of a deeper colour. */
  deep: readonly number[];
}

/** FNV-1a, 32 bit, of ASCII text (Fowler, Noll, Vo), with a final mix so that short ids differ. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** The avatar that belongs to an id: the same for ever, on every machine. */
export function avatarShape(id: string): AvatarShape {
  const bits = hash(id);
  const wedges = 6 + ((bits >>> 8) % 5);
  return {
    hue: HUES[(bits >>> 7) % HUES.length]!,
    wedges,
    rotation: (bits >>> 16) % 60,
    deep: Array.from({ length: wedges }, (_, i) => i).filter((i) => (bits >>> (20 + i)) & 1),
  };
}
