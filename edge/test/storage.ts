import { applyD1Migrations, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";

const { MIGRATIONS } = env as Env & { MIGRATIONS: D1Migration[] };

/** Deletes all rows, objects and Durable Objects, stops their work, and applies the migrations again. */
export async function resetStorage(): Promise<void> {
  await reset();
  await applyD1Migrations(env.DB, MIGRATIONS);
}
