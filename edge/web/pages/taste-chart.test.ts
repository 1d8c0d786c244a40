import type { Track } from "@lemons/shared/contract/track";
import { describe, expect, it } from "vitest";
import { countPlaysByTag } from "./taste-chart.tsx";

const heard = (plays: number, ...tags: string[]) => ({ plays, track: { tags } as Track });

describe("countPlaysByTag", () => {
  it("counts each track once per tag", () => {
    const history = [heard(6, "rock", "fast", "rock"), heard(2, "calm"), heard(4, "fast")];
    expect(countPlaysByTag({ history }, 2)).toEqual([
      { tag: "fast", plays: 10, share: 10 / 12 },
      { tag: "rock", plays: 6, share: 0.5 },
    ]);
  });

  it("sorts equal plays by name, and returns nothing without history", () => {
    const history = [heard(3, "b", "a")];
    expect(countPlaysByTag({ history }, 5).map(({ tag }) => tag)).toEqual(["a", "b"]);
    expect(countPlaysByTag({ history: [] }, 5)).toEqual([]);
  });
});
