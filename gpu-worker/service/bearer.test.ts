import { describe, expect, it } from "vitest";
import { isSameSecret } from "./bearer.ts";

describe("isSameSecret", () => {
  it("takes the same secret only, of whatever length", () => {
    expect(isSameSecret("secret", "secret")).toBe(true);
    for (const other of ["", "secre", "secrets", "Secret", "sécret"]) {
      expect(isSameSecret(other, "secret")).toBe(false);
    }
  });
});
