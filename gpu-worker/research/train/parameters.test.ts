import { Architecture } from "@lemons/shared/contract/model";
import { describe, expect, it } from "vitest";
import { pack, parameterShapes, totalSize, unpack } from "./parameters.ts";
import { initialState } from "./train-state.ts";

const architecture = Architecture.parse({ bands: 8, channels: [2, 3], heads: 2 });

describe("pack", () => {
  it("concatenates tensors, and unpack returns copies", () => {
    const state = initialState(architecture, 1);
    const shapes = parameterShapes(architecture);
    const vector = pack(shapes, ({ name }) => state.get(name)!);
    expect(vector).toHaveLength(totalSize(shapes));
    const tensors = unpack(shapes, vector, "copy.");
    vector.fill(0);
    for (const { name } of shapes) expect(tensors.get(`copy.${name}`)).toEqual(state.get(name));
  });
});
