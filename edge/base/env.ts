import { DEFAULT_SEPARATOR, MixSeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";

const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);
const secret = z.string().min(32, "must have at least 32 characters");

const atLeastOne = z.coerce.number<string>().int().min(1);

/** All settings, as text: variables of wrangler.toml and secrets of the environment. */
const Settings = z.object({
  PUBLIC_ORIGIN: origin.describe("public origin of this Worker, also used by the gpu-worker"),
  GPU_WORKER_URL: origin.describe("origin of the gpu-worker"),
  EXPLAIN_AT: z
    .enum(["edge", "worker"])
    .default("edge")
    .describe("which side computes explanations from response tables"),
  SEPARATOR: MixSeparatorName.default(DEFAULT_SEPARATOR).describe(
    "separator of tracks without stems if a request names none",
  ),
  EMBED_ANCESTORS: z
    .string()
    .regex(/^[^;,\r\n]+$/, "must be CSP sources, separated by spaces")
    .default("*")
    .describe("pages that may embed players: sources of CSP's frame-ancestors"),
  GPU_COST_PER_HOUR: z.coerce
    .number<string>()
    .min(0)
    .describe("cost of one hour of the gpu-worker in USD, for estimates only"),
  GPU_QUEUE_SECONDS: atLeastOne
    .default(1800)
    .describe("how long a job waits in line for the gpu-worker before it fails"),
  GPU_START_SECONDS: atLeastOne
    .default(300)
    .describe("how long a job waits for a gpu-worker that is away, as it starts or restarts"),
  GPU_JOBS_AT_ONCE: atLeastOne
    .default(8)
    .describe("jobs that are at the gpu-worker at once: as many as it runs and lets wait"),
  GPU_JOBS_PER_ACCOUNT: atLeastOne
    .default(2)
    .describe("jobs of one account that are at the gpu-worker at once; the others wait in line"),
  BATCH_TABLES_AT_ONCE: atLeastOne.describe("response tables that batches build at once"),
  BATCH_LEASE_SECONDS: atLeastOne.describe(
    "seconds without a sign of life after which a batch item's message counts as lost",
  ),
  ANONYMOUS_SECONDS_PER_DAY: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(600)
    .describe("compute budget of one address without an API key"),
  VISITOR_UPLOADS: z
    .enum(["refused", "allowed"])
    .default("refused")
    .describe("if visitors of the pages may upload songs without an API key, kept for a day"),
  VISITOR_STORAGE_BYTES: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(2_000_000_000)
    .describe("total bytes of all visitors' uploads"),
  WEBHOOK_LOOPBACK: z
    .enum(["refused", "allowed"])
    .default("refused")
    .describe("if webhooks may call http on the loopback interface, for local trials only"),
  GPU_WORKER_SECRET: secret.describe("bearer token of requests to the gpu-worker"),
  LINK_SECRET: secret.describe("HMAC key of signed object links"),
  WEBHOOK_SECRET: secret.describe("key from which the signing secrets of webhooks are derived"),
  WEBHOOK_SECRET_PREVIOUS: secret
    .optional()
    .describe("the previous WEBHOOK_SECRET: webhooks carry its signature too during a rotation"),
});
export type Settings = z.infer<typeof Settings>;

let checked: { env: Env; settings: Settings } | undefined;

/**
 * Returns the settings of this isolate, validated once.
 *
 * @throws Error naming each missing or invalid setting and where to set it
 */
export function settingsOf(env: Env): Settings {
  if (checked?.env === env) return checked.settings;
  const parsed = Settings.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ");
    throw new Error(
      `Invalid Worker settings: ${faults}. Set variables in wrangler.toml and secrets in the environment (locally with --env-file, deployed with \`wrangler secret put\`).`,
    );
  }
  checked = { env, settings: parsed.data };
  return parsed.data;
}
