import { mkdirSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// Without a built player the folder of static assets is not there, and workerd wants it.
mkdirSync("edge/assets", { recursive: true });

// wrangler.toml requires them; the values mean nothing.
process.env.GPU_WORKER_SECRET ??= "a secret of the tests, for the gpu-worker";
process.env.LINK_SECRET ??= "a secret of the tests, for signed links";
process.env.WEBHOOK_SECRET ??= "a secret of the tests, for webhooks";

// Property-based tests: another seed tries other values.
const properties = {
  setupFiles: ["infra/property-seed.ts"],
  provide: { propertySeed: Number(process.env.PROPERTY_SEED ?? 1) },
};

// Each scenario continues on the stack that the one before leaves behind. Their describe blocks turn
// shuffling off as well, since the flag --sequence.shuffle outranks what a project configures.
const journeys = { sequence: { shuffle: false } };

export default defineConfig({
  test: {
    coverage: {
      // workerd has no V8 inspector that vitest could read.
      provider: "istanbul",
      include: ["{shared,edge,gpu-worker}/**/*.{ts,tsx}"],
      exclude: ["**/*.test.{ts,tsx}", "**/fixtures/**", "shared/enumeration/assembly/**"],
      reporter: ["text-summary", "json-summary", "html"],
      reportsDirectory: "coverage",
    },
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: [
            "{shared,gpu-worker,infra/{experiments,layers,licences,prose,stack}}/**/*.test.ts",
          ],
          ...properties,
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            main: "./edge/index.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                PUBLIC_ORIGIN: "http://lemons.test",
                GPU_WORKER_URL: "http://gpu-worker.test",
                ANONYMOUS_SECONDS_PER_DAY: "86400",
                VISITOR_UPLOADS: "allowed",
                GPU_WORKER_SECRET: "a secret of the tests, for the gpu-worker",
                LINK_SECRET: "a secret of the tests, for signed links",
                WEBHOOK_SECRET: "a secret of the tests, for webhooks",
                MIGRATIONS: await readD1Migrations("edge/migrations"),
              },
            },
          })),
        ],
        test: {
          name: "edge",
          include: ["edge/**/*.test.ts"],
          exclude: ["edge/web/pages/**", "edge/player/**", "edge/test/**"],
          ...properties,
          setupFiles: [...properties.setupFiles, "edge/test/setup.ts"],
          // Starting workerd takes seconds, so all files share one; setup.ts empties its storage before each.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The tests lie outside the tsconfig that says so for the pages themselves.
        oxc: { jsx: { runtime: "automatic", importSource: "hono/jsx" } },
        test: {
          name: "pages",
          environment: "node",
          include: [
            "edge/web/pages/**/*.test.{ts,tsx}",
            "edge/player/**/*.test.ts",
            "edge/test/**/*.test.ts",
          ],
          ...properties,
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        // Against Python programs that are the reference for what we write.
        test: {
          name: "python",
          environment: "node",
          include: ["infra/python/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "conformance",
          environment: "node",
          include: ["infra/conformance/**/*.test.ts"],
          ...journeys,
          testTimeout: 60_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          expect: { poll: { timeout: 10_000 } },
          include: ["infra/{e2e,faults}/**/*.test.ts"],
          ...journeys,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
