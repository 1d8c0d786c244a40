import { CatalogueError } from "@lemons/shared/catalogue/catalogue-error";
import { describe, expect, it } from "vitest";
import { audioType } from "./catalogue-folder.ts";

describe("audioType", () => {
  it("goes by the extension, in either case", () => {
    expect(audioType("audio/a.b.MP3")).toBe("audio/mpeg");
    expect(audioType("a.ogg")).toBe("audio/ogg");
  });

  it("refuses what browsers are not known to play", () => {
    expect(() => audioType("a.mid")).toThrow(CatalogueError);
    expect(() => audioType("noextension")).toThrow(CatalogueError);
  });
});
