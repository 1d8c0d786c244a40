import { FrontEnd } from "@lemons/shared/contract/front-end";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { floatBytes } from "./features/float-bytes.ts";

/** An encoder that models of the catalogue share. */
export interface Encoder {
  version: Sha256;
  /** Numbers that it pools a track to. */
  features: number;
  frontEnd: FrontEnd;
  /** Raised whenever features of tracks are stored: scores of an earlier one are stale. */
  revision: number;
  /** What it makes of silence; null until the gpu-worker has said it. */
  silence: Float32Array | null;
}

/** Little-endian float32 in hexadecimal: what `hex()` makes of a column of them. */
export function floatsOfHex(hex: string): Float32Array {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number(`0x${pair}`));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
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
    silence: z.string().transform(floatsOfHex).nullable(),
  })
  .transform(({ front_end: frontEnd, ...row }): Encoder => ({ ...row, frontEnd }));

/** An encoder, or null where there is none of that version: models that cannot be split have none. */
export async function findEncoder(db: D1Database, version: Sha256): Promise<Encoder | null> {
  const row = await db
    .prepare(
      `SELECT version, features, front_end, revision,
         CASE WHEN silence IS NOT NULL THEN hex(silence) END AS silence
       FROM encoders WHERE version = ?`,
    )
    .bind(version)
    .first();
  return row === null ? null : EncoderRow.parse(row);
}

/** Keeps what an encoder makes of silence. */
export async function storeSilence(
  db: D1Database,
  version: Sha256,
  features: Float32Array,
): Promise<void> {
  await db
    .prepare("UPDATE encoders SET silence = ? WHERE version = ?")
    .bind(floatBytes(features), version)
    .run();
}

/** Lists an encoder; one that is there already stays as it is. */
export function listEncoder(
  db: D1Database,
  { version, features, frontEnd }: Pick<Encoder, "version" | "features" | "frontEnd">,
): D1PreparedStatement {
  return db
    .prepare(
      "INSERT INTO encoders (version, features, front_end) VALUES (?, ?, ?) ON CONFLICT (version) DO NOTHING",
    )
    .bind(version, features, JSON.stringify(frontEnd));
}
