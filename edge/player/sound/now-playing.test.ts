import { expect, it, vi } from "vitest";
import { CHANNEL, claimSound, releaseSound } from "./now-playing.ts";

it("lets one player play at a time", () => {
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

it("pauses players in other frames and is paused by them", async () => {
  const elsewhere = new BroadcastChannel(CHANNEL);
  const onMessage = vi.fn();
  elsewhere.addEventListener("message", onMessage);
  const player = { pause: vi.fn() };
  claimSound(player);
  await vi.waitFor(() => expect(onMessage).toHaveBeenCalledOnce());
  expect(player.pause).not.toHaveBeenCalled();
  elsewhere.postMessage("playing");
  await vi.waitFor(() => expect(player.pause).toHaveBeenCalledOnce());
  // A paused player no longer listens.
  elsewhere.postMessage("playing");
  claimSound(player);
  await vi.waitFor(() => expect(onMessage).toHaveBeenCalledTimes(2));
  expect(player.pause).toHaveBeenCalledOnce();
  releaseSound(player);
  elsewhere.close();
});
