import type { Track } from "@lemons/shared/contract/track";
import { describe, expect, it } from "vitest";
import { tasteOf } from "./taste.ts";

const heard = (plays: number, ...tags: string[]) => ({ plays, track: { tags } as Track });

describe("tasteOf", () => {
  it("counts plays by tag, each track once a tag", () => {
    const history = [heard(6, "rock", "fast", "rock"), heard(2, "calm"), heard(4, "fast")];
    expect(tasteOf({ history }, 2)).toEqual([
      { tag: "fast", plays: 10, share: 10 / 12 },
      { tag: "rock", plays: 6, share: 0.5 },
    ]);
  });

  it("keeps an order where plays are the same, and is nothing without history", () => {
    const history = [heard(3, "b", "a")];
    expect(tasteOf({ history }, 5).map(({ tag }) => tag)).toEqual(["a", "b"]);
    expect(tasteOf({ history: [] }, 5)).toEqual([]);
  });
});
