import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { ListenerId, ModelId, TrackId } from "./identifier.ts";

describe("ids of listeners, tracks and models", () => {
  it("are types of their own, though one text can be any of them", () => {
    expect([ListenerId, TrackId, ModelId].map((id) => id.parse("ilse"))).toEqual([
      "ilse",
      "ilse",
      "ilse",
    ]);
    expectTypeOf<ListenerId>().not.toExtend<TrackId>();
    expectTypeOf<TrackId>().not.toExtend<ListenerId>();
    expectTypeOf<ModelId>().not.toExtend<TrackId>();
  });

  it("are plain strings where callers send them", () => {
    expectTypeOf<z.input<typeof TrackId>>().toEqualTypeOf<string>();
    expect(TrackId.safeParse("Not A Slug").success).toBe(false);
  });
});
