import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["shared/**/*.test.ts", "gpu-worker/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "pages",
          environment: "node",
          include: ["edge/pages/**/*.test.{ts,tsx}", "edge/player/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["infra/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
