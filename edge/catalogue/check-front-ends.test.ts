import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { describe, expect, it } from "vitest";
import { ENCODER, FOLDER } from "../test/catalogue.ts";
import { checkFrontEnds } from "./check-front-ends.ts";

const other = { ...DEFAULT_FRONT_END, hop: 128 };
const row = (frontEnd: object, version = ENCODER) => ({
  version,
  front_end: JSON.stringify(frontEnd),
});

describe("checkFrontEnds", () => {
  it("accepts one front-end for each encoder", () => {
    checkFrontEnds(FOLDER, []);
    checkFrontEnds(FOLDER, [row(DEFAULT_FRONT_END), row(other, "0".repeat(64))]);
  });

  it("rejects a model whose encoder has another front-end in another model", () => {
    const [first, second] = FOLDER.models;
    const models = [first!, { ...second!, manifest: { ...second!.manifest, frontEnd: other } }];
    expect(() => checkFrontEnds({ ...FOLDER, models }, [])).toThrow(CatalogueError);
    expect(() => checkFrontEnds({ ...FOLDER, models }, [])).toThrow(
      /^models\/abel: the encoder e+ has another front-end in another model.*hop is 128 here and 256 there/,
    );
  });

  it("rejects a model whose encoder has another front-end in the database", () => {
    expect(() => checkFrontEnds(FOLDER, [row(other)])).toThrow(
      /models\/zoe: .* in the database.*: hop is 256 here and 128 there/,
    );
  });
});
