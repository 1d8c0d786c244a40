import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Leaving out the passed rules saves half of the time. */
const OPTIONS = { resultTypes: ["violations" as const] };

/** Expects that axe finds no accessibility fault, in either colour scheme. */
export async function expectNoBarriers(page: Page): Promise<void> {
  // Without motion, colours change at once; otherwise axe would see them halfway.
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const light = await new AxeBuilder({ page }).options(OPTIONS).analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  // Only colours depend on the scheme.
  const colours = ["color-contrast", "link-in-text-block"];
  const dark = await new AxeBuilder({ page }).options(OPTIONS).withRules(colours).analyze();
  await page.emulateMedia({ reducedMotion: null });
  const found = [...light.violations, ...dark.violations];
  expect(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
