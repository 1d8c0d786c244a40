import { expect, it } from "vitest";
import { makeAdminKey } from "./admin-key.ts";
import { expectNoBarriers } from "./barriers.ts";
import { openPage } from "./browser.ts";
import type { Demo } from "./demo.ts";

/** A key, what it shows, and what can be done with it. */
export function testAdmin(demo: Demo): void {
  it("asks for a key, shows batches and usage, begins a batch and cancels it", async () => {
    const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
      width: 360,
      colorScheme: "dark",
    });
    await page.goto("/admin");
    const key = page.getByLabel(/API key/);
    const enter = page.getByRole("button", { name: "Sign in" });
    await key.fill("lemons_0123456789abcdef");
    await enter.click();
    await page.getByRole("alert").waitFor();
    // The browser itself reports the refusals.
    expect(faults.splice(0).filter((fault) => !fault.includes("status of 401"))).toEqual([]);

    await key.fill(await makeAdminKey(demo.persistTo));
    await enter.click();
    await page.getByText("No batches yet").waitFor();
    await page.getByRole("button", { name: "Compute outdated explanations" }).click();
    const batch = page.getByRole("listitem").filter({ hasText: "asked-" });
    await batch.getByRole("button", { name: "Cancel" }).click();
    await batch.getByText("cancelled").waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      "horizontal scroll at 360 px",
    ).toBeLessThanOrEqual(0);
    await expectNoBarriers(page);

    await page.reload();
    await batch.waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.reload();
    await key.waitFor();
    expect(faults).toEqual([]);
    await close();
  });
}
