import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CatalogueFolder } from "@lemons/edge/catalogue/catalogue-folder";
import { checkFrontEnds, STORED_FRONT_ENDS } from "@lemons/edge/catalogue/check-front-ends";
import { seedObjects, seedStatements } from "@lemons/edge/catalogue/seed-sql";
import { readCatalogueFolder } from "./catalogue-folder.ts";
import { openLocalStores } from "./local-stores.ts";
import { inRepository, WRANGLER } from "./repository.ts";
import { runTool } from "./run-tool.ts";
import { WRANGLER_ENVIRONMENT } from "./wrangler-environment.ts";

const DEMO = inRepository("demo");
const MIGRATIONS = inRepository("edge", "migrations");
const CONCURRENT_PUTS = 8;
/** Key of the hash of the catalogue that the store was seeded from; written last. */
const SEED_STAMP_KEY = "seeded-from";

/** The parts of D1 and R2 that seeding needs, as wrangler's local proxy offers them. */
interface D1Like {
  prepare(sql: string): { all(): Promise<{ results: unknown[] }> };
  batch(statements: unknown[]): Promise<unknown>;
}
interface R2Like {
  get(key: string): Promise<{ text(): Promise<string> } | null>;
  put(key: string, value: Uint8Array | string): Promise<unknown>;
}

/** Returns the hash of everything that decides what the stores hold. */
async function contentHash(folder: CatalogueFolder, statements: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(MIGRATIONS)).sort()) {
    hash.update(await readFile(path.join(MIGRATIONS, name)));
  }
  const keys = seedObjects(folder).map(({ key }) => key);
  for (const part of [...statements, ...keys]) {
    hash.update(part).update("\n");
  }
  return hash.digest("hex");
}

async function putObjects(bucket: R2Like, folder: CatalogueFolder): Promise<void> {
  const waiting = seedObjects(folder);
  async function putNext(): Promise<void> {
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      const bytes = "bytes" in object ? object.bytes : await readFile(path.join(DEMO, object.file));
      await bucket.put(object.key, new Uint8Array(bytes));
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_PUTS }, putNext));
}

/**
 * Applies migrations to the local D1 and fills D1 and R2 from `demo/`, unless that has been done for
 * this very catalogue.
 *
 * @param options.persistTo the folder that wrangler dev is started with
 */
export async function seed(options: {
  persistTo: string;
  onStep(message: string): void;
}): Promise<void> {
  const { persistTo, onStep } = options;
  await mkdir(persistTo, { recursive: true });
  const folder = await readCatalogueFolder(DEMO);
  const statements = await seedStatements(folder);
  const stamp = await contentHash(folder, statements);

  const { DB, BUCKET, close } = await openLocalStores<D1Like, R2Like>(persistTo);
  try {
    const seeded = await BUCKET.get(SEED_STAMP_KEY);
    if (seeded !== null && (await seeded.text()) === stamp) return;
    onStep(`Storing ${folder.catalogue.tracks.length} tracks, their stems and the models`);
    await runTool(
      WRANGLER,
      ["d1", "migrations", "apply", "DB", "--local", "--persist-to", persistTo],
      WRANGLER_ENVIRONMENT,
    );
    checkFrontEnds(folder, (await DB.prepare(STORED_FRONT_ENDS).all()).results);
    await putObjects(BUCKET, folder);
    await DB.batch(statements.map((sql) => DB.prepare(sql)));
    await BUCKET.put(SEED_STAMP_KEY, stamp);
  } finally {
    await close();
  }
}
