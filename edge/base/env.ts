import { z } from "zod";

const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);
const secret = z.string().min(32, "must have at least 32 characters");

const atLeastOne = z.coerce.number<string>().int().min(1);

/** Everything configurable, as text: variables of wrangler.toml and secrets of the environment. */
const Settings = z.object({
  PUBLIC_ORIGIN: origin.describe(
    "origin under which the world and the gpu-worker reach this Worker",
  ),
  GPU_WORKER_URL: origin.describe("origin of the gpu-worker"),
  EXPLAIN_AT: z
    .enum(["edge", "worker"])
    .default("edge")
    .describe("where explanations are computed from response tables: here, or at the gpu-worker"),
  EMBED_ANCESTORS: z
    .string()
    .regex(/^[^;,\r\n]+$/, "must be sources of a content policy, separated by spaces")
    .default("*")
    .describe("which pages may show players in frames: sources of CSP's frame-ancestors"),
  GPU_COST_PER_HOUR: z.coerce
    .number<string>()
    .min(0)
    .describe("what an hour of the gpu-worker costs, in USD: for estimates only"),
  BATCH_TABLES_AT_ONCE: atLeastOne.describe("response tables that a batch has built at once"),
  BATCH_LEASE_SECONDS: atLeastOne.describe(
    "how long nothing is heard of an item of a batch before its message counts as lost",
  ),
  ANONYMOUS_SECONDS_PER_DAY: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(600)
    .describe("compute budget of an address without a key"),
  VISITOR_UPLOADS: z
    .enum(["refused", "allowed"])
    .default("refused")
    .describe("whether visitors of the pages may upload songs without a key, kept for a day"),
  VISITOR_STORAGE_BYTES: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(2_000_000_000)
    .describe("bytes that the uploads of all visitors may have together"),
  WEBHOOK_LOOPBACK: z
    .enum(["refused", "allowed"])
    .default("refused")
    .describe("whether webhooks may be http on this machine: for trying them out only"),
  GPU_WORKER_SECRET: secret.describe("bearer of requests to the gpu-worker"),
  LINK_SECRET: secret.describe("HMAC key of signed object links"),
  WEBHOOK_SECRET: secret.describe(
    "what the secrets are derived from that webhooks are signed with",
  ),
  WEBHOOK_SECRET_PREVIOUS: secret
    .optional()
    .describe(
      "the one before, which webhooks are signed with as well until receivers have the new one",
    ),
});
export type Settings = z.infer<typeof Settings>;

let checked: { env: Env; settings: Settings } | undefined;

/**
 * The settings of this isolate, checked once.
 *
 * @throws Error naming each setting that is missing or wrong, and where to set it
 */
export function settingsOf(env: Env): Settings {
  if (checked?.env === env) return checked.settings;
  const parsed = Settings.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ");
    throw new Error(
      `The Worker's settings are wrong: ${faults}. Variables are set in wrangler.toml, secrets in the environment (locally --env-file, deployed \`wrangler secret put\`).`,
    );
  }
  checked = { env, settings: parsed.data };
  return parsed.data;
}
