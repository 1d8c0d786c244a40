import type { FoldedTable } from "../what-if/response-table.ts";

/** A table has too many masks to enumerate; sample them instead. */
export class NotEnumerable extends Error {
  override readonly name = "NotEnumerable";
  readonly code = "too-many-components";
  /** Components that any group of the table hears. */
  readonly audibleComponents: number;

  constructor(audibleComponents: number, limit: number) {
    super(
      `${audibleComponents} audible components have 2^${audibleComponents} combinations; up to ${limit} can be enumerated, so sample them or take fewer segments or sources`,
    );
    this.audibleComponents = audibleComponents;
  }
}

/** 2^25 combinations: 5 segments of 5 sources. */
export const MAX_AUDIBLE_COMPONENTS = 25;

/**
 * The components that any group of the table hears, rising. The others (silent ones) change
 * nothing, so only the combinations of these are enumerated.
 *
 * @throws RangeError where a group's components are out of order or range
 * @throws NotEnumerable where there are more than 25
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
        throw new RangeError(`a group of the table hears components ${components.join(", ")}`);
      }
      audible.add(component);
    });
  }
  if (audible.size > MAX_AUDIBLE_COMPONENTS) {
    throw new NotEnumerable(audible.size, MAX_AUDIBLE_COMPONENTS);
  }
  return [...audible].sort((a, b) => a - b);
}
