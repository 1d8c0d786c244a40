import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { differingField, FrontEnd } from "@lemons/shared/contract/front-end";
import { z } from "zod";
import type { CatalogueFolder } from "./catalogue-folder.ts";

/** What the database knows of encoders. */
export const STORED_FRONT_ENDS = "SELECT version, front_end FROM encoders";

const StoredFrontEnd = z.object({
  version: z.string(),
  front_end: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(FrontEnd),
});

/**
 * Sees to it that each encoder has one front-end: it is no part of the encoder's version, and features,
 * tables and scores are kept under that alone.
 *
 * @param stored rows of {@link STORED_FRONT_ENDS}
 * @throws CatalogueError naming the model's folder and the field
 */
export function checkFrontEnds(
  { encoders, models }: Pick<CatalogueFolder, "encoders" | "models">,
  stored: readonly unknown[],
): void {
  const known = new Map<string, FrontEnd>();
  for (const row of stored) {
    const { version, front_end } = StoredFrontEnd.parse(row);
    known.set(version, front_end);
  }
  const beside = new Map(encoders.map(({ version, frontEnd }) => [version, frontEnd]));
  for (const { folder, manifest } of models) {
    const { encoderVersion: version, frontEnd } = manifest;
    if (version === undefined) continue;
    const where = [
      { frontEnd: beside.get(version), of: "another model of the catalogue" },
      { frontEnd: known.get(version), of: "the database, whose features were made by that" },
    ];
    for (const { frontEnd: other, of } of where) {
      const field = other && differingField(frontEnd, other);
      if (!field) continue;
      throw new CatalogueError(
        `${folder}: its encoder ${version} has another front-end in ${of}: ${field} is ${String(frontEnd[field])} here and ${String(other[field])} there. Train the encoder anew, or give both models the front-end that it was trained with.`,
      );
    }
  }
}
