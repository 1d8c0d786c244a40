/** A catalogue folder that contradicts itself. */
export class CatalogueError extends Error {
  override name = "CatalogueError";
}
