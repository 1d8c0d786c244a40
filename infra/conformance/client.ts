import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { inRepository } from "../stack/repository.ts";
import { ask, type Service } from "./service.ts";

const DOCUMENTED_ORIGIN = "http://127.0.0.1:8787";
const SCORED_WITHIN_MS = 150_000;
const run = promisify(execFile);

/** The example in docs/api.md, run as it is. */
export function testClient(service: Service): void {
  it("docs/api.md: the client's example runs", async () => {
    await somethingRecommended(service);
    const text = await readFile(inRepository("docs", "api.md"), "utf8");
    const example = /infra\/conformance\/client\.ts -->\n```ts\n(.*?)```/s.exec(text)![1]!;
    expect(example).toContain(DOCUMENTED_ORIGIN);
    // Inside the repository, where the package resolves.
    const file = inRepository("infra", "conformance", `example-${process.pid}.ts`);
    await writeFile(file, example.replace(DOCUMENTED_ORIGIN, service.stack.origin));
    try {
      const { stdout } = await run(process.execPath, [file]);
      expect(stdout).toMatch(/^20[02] \S/);
    } finally {
      await rm(file);
    }
  }, 200_000);
}

/** The first request starts the scoring of the catalogue. */
async function somethingRecommended(service: Service): Promise<void> {
  const until = Date.now() + SCORED_WITHIN_MS;
  while (Date.now() < until) {
    const response = await ask(service, "/v1/listeners/ilse/recommendations?limit=1");
    const page = (await response.json()) as { recommendations: unknown[] };
    if (page.recommendations.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("nothing was recommended in time");
}
