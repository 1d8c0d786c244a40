import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { audioType, withActive } from "./catalogue-folder.ts";

describe("audioType", () => {
  it("reads the extension in either case", () => {
    expect(audioType("audio/a.b.MP3")).toBe("audio/mpeg");
    expect(audioType("a.ogg")).toBe("audio/ogg");
  });

  it("rejects unsupported extensions", () => {
    expect(() => audioType("a.mid")).toThrow(CatalogueError);
    expect(() => audioType("noextension")).toThrow(CatalogueError);
  });
});

describe("withActive", () => {
  const model = (folder: string, listener: string, shared = false) => ({
    folder,
    head: null,
    manifest: {
      id: ModelId.parse(folder),
      listener: ListenerId.parse(listener),
      version: "0".repeat(64),
      frontEnd: DEFAULT_FRONT_END,
      input: "logmel",
      output: "logit",
      ...(shared ? { package: ModelId.parse("shared") } : {}),
    },
  });

  it("prefers heads of shared encoders, then the first model", () => {
    const models = [
      model("classic-abel", "abel"),
      model("classic-zoe", "zoe"),
      model("newer-zoe", "zoe"),
      model("shared", "abel", true),
      model("shared-2", "abel", true),
    ];
    const active = withActive(models).map((each) => each.active);
    expect(active).toEqual([false, true, false, true, false]);
  });
});
