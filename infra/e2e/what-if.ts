import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Explanation } from "@lemons/shared/contract/explanation";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { expect, it } from "vitest";
import { inRepository } from "../stack/repository.ts";
import { runTool } from "../stack/run-tool.ts";
import { openPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";

const TRACK = "megaglest-medieval";
const SEGMENTS = 5;
const SOURCES = 5;
const SELECTIONS = 50;
/** Error of a forward pass on a float32 mix; the table itself is closer. */
const TOLERANCE = 1e-3;
const TIMEOUT_MS = 120_000;

type Player = HTMLElement & { selection: string; relevance: number | null };

/** Random masks of 25 parts, the whole track first. */
function randomMasks(): number[][] {
  const random = createMt19937(7);
  const drawn = Array.from({ length: SELECTIONS }, () =>
    Array.from({ length: SEGMENTS * SOURCES }, () => random.nextUint32() & 1),
  );
  return [new Array<number>(SEGMENTS * SOURCES).fill(1), ...drawn];
}

/** Formats a mask as in the player's address. */
function selectionOf(mask: readonly number[]): string {
  return Array.from({ length: SEGMENTS }, (_, segment) =>
    mask
      .slice(segment * SOURCES, (segment + 1) * SOURCES)
      .reduce((bits, bit, source) => bits | (bit << source), 0)
      .toString(16),
  ).join(".");
}

/** Computes the network's own response to each mask, one forward pass each. */
async function denseRelevances(masks: readonly number[][]): Promise<number[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "lemons-dense-"));
  try {
    const file = path.join(folder, "masks.json");
    await writeFile(file, JSON.stringify(masks));
    await runTool(inRepository("gpu-worker", "cli.ts"), [
      ...["explain", "--model", inRepository("demo", "models", "shared"), "--listener", "ilse"],
      ...["--audio", inRepository("demo", "audio", `${TRACK}.ogg`)],
      ...["--type", "time+source", "--masks", file, "--out", path.join(folder, "out")],
    ]);
    const text = await readFile(path.join(folder, "out", "explanation.json"), "utf8");
    return Explanation.parse(JSON.parse(text)).predictions!;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The page's what-if scores against the network's. */
export function testWhatIf(demo: Demo): void {
  it(`are within ${TOLERANCE} of forward passes, for ${SELECTIONS} random selections`, async () => {
    const { origin } = demo.stack;
    const { id } = await explained(origin, { listener: "ilse", track: TRACK, type: "time+source" });
    const masks = randomMasks();
    const expected = await denseRelevances(masks);

    const { page, close } = await openPage(demo.browser, origin, {
      width: 1280,
      colorScheme: "light",
    });
    await page.goto(`/e/${id}`);
    const player = page.locator("lemons-player");
    await player.locator(".play").waitFor();
    const found = await player.evaluate(async (element, selections) => {
      const each = element as Player;
      const relevances: number[] = [];
      for (const selection of selections) {
        each.selection = selection;
        while (each.relevance === null) {
          await new Promise((resolve) => {
            each.addEventListener("lemons-select", resolve, { once: true });
          });
        }
        relevances.push(each.relevance);
      }
      return relevances;
    }, masks.map(selectionOf));
    const errors = found.map((relevance, i) => Math.abs(relevance - expected[i]!));
    expect(found).toHaveLength(SELECTIONS + 1);
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
    // Otherwise closeness would mean nothing.
    expect(Math.max(...found) - Math.min(...found)).toBeGreaterThan(10 * TOLERANCE);
    await close();
  }, 240_000);

  it("continue after the type is changed in place", async () => {
    const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    await page.goto(`/listeners/ilse/tracks/${TRACK}`);
    const player = page.locator("lemons-player");
    await player.getByRole("gridcell").nth(7).click();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    await page.getByRole("link", { name: "By time", exact: true }).click();
    await page.waitForURL(/type=time#/);
    await page.locator(".types a[aria-current]", { hasText: /^By time$/ }).waitFor();
    expect(await player.getByRole("gridcell").count()).toBe(5);
    expect(new URL(page.url()).hash).toContain("parts=1f.1f.1d.1f.1f");
    await page.getByRole("link", { name: "By source", exact: true }).click();
    await page.waitForURL(/type=source#/);
    await page.locator(".types a[aria-current]", { hasText: /^By source$/ }).waitFor();
    expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(
      true,
    );
    expect(faults).toEqual([]);
    await close();
  });

  it("are shown for both listeners of a comparison, over the same parts", async () => {
    const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    await page.goto(`/tracks/${TRACK}/compare?a=ilse&b=bram`);
    const players = page.locator("lemons-player");
    await expect
      .poll(() => players.locator(".play").count(), { timeout: TIMEOUT_MS, interval: 500 })
      .toBe(2);
    await players.first().getByRole("gridcell").nth(7).click();
    const state = (nth: number) =>
      players.nth(nth).evaluate((element) => {
        const { selection, relevance } = element as Player;
        return { selection, relevance };
      });
    await expect.poll(async () => (await state(1)).relevance).not.toBeNull();
    const [one, other] = [await state(0), await state(1)];
    expect(one.selection).toBe("1f.1f.1d.1f.1f");
    expect(other.selection).toBe(one.selection);
    expect(other.relevance).not.toBe(one.relevance);
    expect(faults).toEqual([]);
    await close();
  });
}
