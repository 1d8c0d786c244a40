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
