import { describe, expect, it } from "vitest";
import { embedPath, parseTarget } from "./embed-target.ts";

const ORIGIN = "https://lemons.test";
const ID = `${"0".repeat(32)}-${"f".repeat(32)}`;
const target = (path: string) => parseTarget(`${ORIGIN}${path}`, ORIGIN);

describe("parseTarget", () => {
  it("parses every page that shows an explanation", () => {
    const byId = { kind: "explanation", id: ID, link: null };
    const newest = { kind: "newest", listener: "ilse", track: "alpha" };
    expect(target(`/e/${ID}`)).toEqual(byId);
    expect(target(`/embed/${ID}?theme=dark#parts=1`)).toEqual(byId);
    const link = { expires: "1796083200", signature: "s" };
    expect(target(`/e/${ID}?signature=s&x=1&expires=1796083200`)).toEqual({ ...byId, link });
    expect(target("/embed/ilse/alpha")).toEqual(newest);
    expect(target("/listeners/ilse/tracks/alpha?type=time")).toEqual(newest);
  });

  it("returns null for other addresses", () => {
    for (const path of [
      "/",
      "/e/",
      "/e/123",
      `/e/${ID}/more`,
      "/embed/Ilse/alpha",
      "/listeners/ilse",
      `/listeners/${"x".repeat(70)}/tracks/alpha`,
    ]) {
      expect(target(path), path).toBeNull();
    }
    expect(parseTarget(`https://elsewhere.test/e/${ID}`, ORIGIN)).toBeNull();
    expect(parseTarget("no address", ORIGIN)).toBeNull();
  });

  it("parses the path of its own player", () => {
    for (const path of [
      `/embed/${ID}`,
      `/embed/${ID}?expires=1&signature=s`,
      "/embed/ilse/alpha",
    ]) {
      expect(embedPath(target(path)!)).toBe(path);
    }
  });
});
