import { wedgePath } from "@lemons/shared/display/citrus";

/** Lemon, lime, orange, blood orange, grapefruit, dragon fruit, plum, blueberry, mint. */
const HUES = [52, 92, 30, 6, 338, 305, 268, 212, 165] as const;

/** The properties in which avatars differ: each is a slice of a citrus fruit. */
export interface AvatarShape {
  /** Degrees on the colour wheel. */
  hue: (typeof HUES)[number];
  wedges: number;
  /** Degrees, clockwise. */
  rotation: number;
  /** Indices of the darker wedges. */
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

/** Derives the avatar of an id. The same id always has the same avatar. */
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

/** Draws a listener's avatar. */
export function Avatar({ id }: { id: string }) {
  const { hue, wedges, rotation, deep } = avatarShape(id);
  return (
    <svg class="avatar" viewBox="-50 -50 100 100" aria-hidden="true">
      <circle r="49" fill={`hsl(${hue} 70% 58%)`} />
      <circle r="43" fill={`hsl(${hue} 60% 94%)`} />
      {Array.from({ length: wedges }, (_, index) => (
        <path
          d={wedgePath({ index, count: wedges, radius: 37, rotation, gap: 5 })}
          fill={`hsl(${hue} 75% ${deep.includes(index) ? 60 : 74}%)`}
          stroke={`hsl(${hue} 75% ${deep.includes(index) ? 60 : 74}%)`}
          stroke-width="2"
          stroke-linejoin="round"
        />
      ))}
    </svg>
  );
}
