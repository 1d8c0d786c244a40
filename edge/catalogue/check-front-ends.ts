import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { differingField, FrontEnd } from "@lemons/shared/contract/front-end";
import { z } from "zod";
import { json } from "../base/rows.ts";
import type { CatalogueFolder } from "./catalogue-folder.ts";

/** Selects the front-ends of stored encoders. */
export const STORED_FRONT_ENDS = "SELECT version, front_end FROM encoders";

const StoredFrontEnd = z.object({
  version: z.string(),
  front_end: json(FrontEnd),
});

/**
 * Checks that each encoder has one front-end. The front-end is not part of the encoder's version, and
 * features, tables and scores are stored under that version alone.
 *
 * @param stored rows of {@link STORED_FRONT_ENDS}
 * @throws CatalogueError naming the model's folder and the field
 */
export function checkFrontEnds(
  { encoders, models }: Pick<CatalogueFolder, "encoders" | "models">,
  stored: readonly unknown[],
): void {
  const storedFrontEnds = new Map<string, FrontEnd>();
  for (const row of stored) {
    const { version, front_end } = StoredFrontEnd.parse(row);
    storedFrontEnds.set(version, front_end);
  }
  const givenFrontEnds = new Map(encoders.map(({ version, frontEnd }) => [version, frontEnd]));
  for (const { folder, manifest } of models) {
    const { encoderVersion: version, frontEnd } = manifest;
    if (version === undefined) continue;
    const others = [
      { frontEnd: givenFrontEnds.get(version), owner: "another model of the catalogue" },
      {
        frontEnd: storedFrontEnds.get(version),
        owner: "the database, whose features were computed with it",
      },
    ];
    for (const { frontEnd: other, owner } of others) {
      const field = other && differingField(frontEnd, other);
      if (!field) continue;
      throw new CatalogueError(
        `${folder}: the encoder ${version} has another front-end in ${owner}: ${field} is ${String(frontEnd[field])} here and ${String(other[field])} there. Train the encoder again, or give both models the front-end that it was trained with.`,
      );
    }
  }
}
