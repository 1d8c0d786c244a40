import { FrontEnd } from "@lemons/shared/contract/front-end";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";

/** An encoder that models of the catalogue share. */
export interface Encoder {
  version: Sha256;
  /** Numbers that it pools a track to. */
  features: number;
  frontEnd: FrontEnd;
  /** Raised whenever features of tracks are stored: scores of an earlier one are stale. */
  revision: number;
}

const EncoderRow = z
  .object({
    version: Sha256,
    features: z.int().positive(),
    front_end: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(FrontEnd),
    revision: z.int().nonnegative(),
  })
  .transform(({ front_end: frontEnd, ...row }): Encoder => ({ ...row, frontEnd }));

/** An encoder, or null where there is none of that version: models that cannot be split have none. */
export async function findEncoder(db: D1Database, version: Sha256): Promise<Encoder | null> {
  const row = await db.prepare("SELECT * FROM encoders WHERE version = ?").bind(version).first();
  return row === null ? null : EncoderRow.parse(row);
}
