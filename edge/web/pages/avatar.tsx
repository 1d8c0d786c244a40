import { wedgePath } from "@lemons/shared/display/citrus";
import { avatarShape } from "./avatar-shape.ts";

/** A listener's picture, drawn from the id. */
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
