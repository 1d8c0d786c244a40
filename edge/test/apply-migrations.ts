import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

const { MIGRATIONS } = env as Env & { MIGRATIONS: D1Migration[] };

/** Brings the test's own D1 to the newest migration. */
export const migrate = (): Promise<void> => applyD1Migrations(env.DB, MIGRATIONS);

await migrate();
