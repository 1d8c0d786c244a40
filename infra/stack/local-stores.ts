import { writeFile } from "node:fs/promises";
import path from "node:path";
import { getPlatformProxy, unstable_readConfig } from "wrangler";
import { z } from "zod";
import { inRepository } from "./repository.ts";
import { WRANGLER_ENVIRONMENT } from "./wrangler-environment.ts";

const WRANGLER_CONFIGURATION = inRepository("wrangler.toml");

/** The part of wrangler's configuration that names the two stores. */
const StoresConfiguration = z.object({
  name: z.string(),
  compatibility_date: z.string(),
  d1_databases: z.array(
    z.object({ binding: z.string(), database_name: z.string(), database_id: z.string() }),
  ),
  r2_buckets: z.array(z.object({ binding: z.string(), bucket_name: z.string() })),
});

/** The part of wrangler.toml that names the two stores. */
export function storesConfiguration(): z.infer<typeof StoresConfiguration> {
  return StoresConfiguration.parse(
    unstable_readConfig({ config: WRANGLER_CONFIGURATION }, { hideWarnings: true }),
  );
}

/**
 * Writes a configuration with the two stores alone: the proxy cannot host the Worker's Durable
 * Objects and would warn of each.
 */
async function writeConfiguration(directory: string): Promise<string> {
  const file = path.join(directory, "stores.wrangler.json");
  await writeFile(file, JSON.stringify(storesConfiguration()));
  return file;
}

/** The local D1 and R2, as the Worker finds them. */
export interface LocalStores<Database, Bucket> {
  DB: Database;
  BUCKET: Bucket;
  close(): Promise<void>;
}

/**
 * Opens the stores of a folder.
 *
 * @param persistTo the folder that wrangler dev is started with
 */
export async function openLocalStores<Database, Bucket>(
  persistTo: string,
): Promise<LocalStores<Database, Bucket>> {
  Object.assign(process.env, WRANGLER_ENVIRONMENT);
  const platform = await getPlatformProxy<{ DB: Database; BUCKET: Bucket }>({
    configPath: await writeConfiguration(persistTo),
    persist: { path: path.join(persistTo, "v3") },
  });
  return { ...platform.env, close: () => platform.dispose() };
}
