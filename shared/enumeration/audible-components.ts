import type { FoldedTable } from "../what-if/response-table.ts";

/** The table has too many masks to enumerate. */
export class NotEnumerable extends Error {
  override readonly name = "NotEnumerable";
  readonly code = "too-many-components";
  /** Number of components that the table hears. */
  readonly audibleComponents: number;

  constructor(audibleComponents: number, limit: number) {
    super(
      `cannot count 2^${audibleComponents} combinations; at most ${limit} components are supported. Use sampled masks, or fewer segments or sources.`,
    );
    this.audibleComponents = audibleComponents;
  }
}

/** 25 components, 5 segments of 5 sources, have 2^25 combinations. */
export const MAX_AUDIBLE_COMPONENTS = 25;

/**
 * Lists the components that any group of the table hears, rising. The other ones are silent and change
 * nothing; only combinations of audible components are enumerated.
 *
 * @throws RangeError if a group's components are out of order or range
 * @throws NotEnumerable for more than 25 audible components
 */
export function audibleComponents({ segments, sources, groups }: FoldedTable): number[] {
  const audible = new Set<number>();
  for (const { components } of groups) {
    components.forEach((component, i) => {
      const previous = i === 0 ? -1 : components[i - 1]!;
      if (
        !Number.isInteger(component) ||
        component <= previous ||
        component >= segments * sources
      ) {
        throw new RangeError(
          `the components ${components.join(", ")} of a group are out of order or range`,
        );
      }
      audible.add(component);
    });
  }
  if (audible.size > MAX_AUDIBLE_COMPONENTS) {
    throw new NotEnumerable(audible.size, MAX_AUDIBLE_COMPONENTS);
  }
  return [...audible].sort((a, b) => a - b);
}
