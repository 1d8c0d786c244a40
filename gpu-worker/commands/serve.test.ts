import { describe, expect, it } from "vitest";
import { environmentWith } from "./serve.ts";

describe("environmentWith", () => {
  it("overrides the environment by options", () => {
    const environment = { LEMONS_PORT: "1", LEMONS_HOST: "::1", OTHER: "x" };
    expect(environmentWith({ port: "2", "max-waiting": "3" }, environment)).toEqual({
      LEMONS_PORT: "2",
      LEMONS_HOST: "::1",
      LEMONS_MAX_WAITING: "3",
      OTHER: "x",
    });
    expect(environment.LEMONS_PORT).toBe("1");
  });
});
