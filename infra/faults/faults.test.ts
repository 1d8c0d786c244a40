import { expect, it } from "vitest";
import { runScenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const TIMEOUT_MS = 10 * 60_000;

it.each(SCENARIOS)(
  "the stack comes through $name",
  async (scenario) => {
    const { faults } = await runScenario(scenario, "short");
    expect(faults).toEqual([]);
  },
  TIMEOUT_MS,
);
