import { expect, it, vi } from "vitest";
import { claimSound, releaseSound } from "./now-playing.ts";

it("lets one player sound at a time", () => {
  const first = { pause: vi.fn() };
  const second = { pause: vi.fn() };
  claimSound(first);
  claimSound(first);
  expect(first.pause).not.toHaveBeenCalled();
  claimSound(second);
  expect(first.pause).toHaveBeenCalledOnce();
  releaseSound(first);
  claimSound(first);
  expect(second.pause).toHaveBeenCalledOnce();
  releaseSound(first);
  claimSound(second);
  expect(first.pause).toHaveBeenCalledOnce();
  releaseSound(second);
});
