import { describe, expect, it } from "vitest";
import { avatarShape } from "./avatar.tsx";

const listeners = ["ilse", "bram", "yuki", "dario", "noor", "tomas", "leonie"];

describe("avatarShape", () => {
  it("is the same for the same id", () => {
    expect(avatarShape("ilse")).toEqual(avatarShape("ilse"));
  });

  it("differs for each of the demo's listeners", () => {
    const shapes = listeners.map((id) => JSON.stringify(avatarShape(id)));
    expect(new Set(shapes).size).toBe(listeners.length);
  });

  it("keeps the darker wedges within the slice", () => {
    for (let i = 0; i < 500; i++) {
      const { hue, wedges, deep } = avatarShape(`listener-${i}`);
      expect(hue).toBeGreaterThanOrEqual(0);
      expect(hue).toBeLessThan(360);
      expect(wedges).toBeGreaterThanOrEqual(6);
      expect(wedges).toBeLessThanOrEqual(10);
      for (const wedge of deep) expect(wedge).toBeLessThan(wedges);
    }
  });
});
