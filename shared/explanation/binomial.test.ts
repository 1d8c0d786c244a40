import { expect, it } from "vitest";
import { binomials } from "./binomial.ts";

it("lists a row of Pascal's triangle", () => {
  expect([...binomials(0)]).toEqual([1]);
  expect([...binomials(5)]).toEqual([1, 5, 10, 10, 5, 1]);
  expect(binomials(25)[12]).toBe(5_200_300);
  expect(binomials(25).reduce((a, b) => a + b)).toBe(2 ** 25);
  expect(binomials(50)[25]).toBe(126_410_606_437_752);
});
