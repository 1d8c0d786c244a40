import { TrackId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { explanation } from "../pages/explanation.fixture.ts";
import { pictureSvg } from "./picture-svg.ts";

const track = {
  id: TrackId.parse("x"),
  title: `<b>"Ampersand" & Sons, with a title that goes on and on</b>`,
  artist: "Ann",
  seconds: 30,
  audioSha256: "a".repeat(64),
  licence: "CC-BY-SA-3.0",
  licenceUrl: null,
  changes: "cut to 30 s",
  origin: "tests",
  tags: [],
  stems: [],
};

describe("pictureSvg", () => {
  const svg = pictureSvg(explanation, track);

  it("escapes the title", () => {
    expect(svg).not.toContain("<b>");
    expect(svg).toContain("&#60;b&#62;&#34;Ampersand&#34; &#38; Sons");
    expect(svg).toContain("…");
  });

  it("draws every part, hatched if it hurts", () => {
    expect(svg.match(/url\(#hatch\)/g)).toHaveLength(1);
    expect(svg.match(/rx="10"/g)).toHaveLength(5);
    expect(svg).toContain(">drums<");
    expect(svg).toContain(">0–6 s<");
  });

  it("shows licence and changes", () => {
    expect(svg).toContain("CC-BY-SA-3.0 · changed: cut to 30 s");
  });

  it("gives the same picture for the same explanation", () => {
    expect(pictureSvg(explanation, track)).toBe(svg);
  });
});
