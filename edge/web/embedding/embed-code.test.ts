import { describe, expect, it } from "vitest";
import { frameCode, frameSize, scriptCode } from "./embed-code.ts";

describe("embedding code", () => {
  it("stays within the limits", () => {
    expect(frameSize()).toEqual({ width: 800, height: 980 });
    expect(frameSize(400, 5000)).toEqual({ width: 400, height: 980 });
    expect(frameSize(undefined, 300)).toEqual({ width: 800, height: 300 });
  });

  it("is an iframe whose title cannot break out of it", () => {
    const code = frameCode("https://lemons.test/embed/x", `"><script>`, { width: 1, height: 900 });
    expect(code).toBe(
      '<iframe src="https://lemons.test/embed/x" width="1" height="900" title="&quot;&gt;&lt;script&gt;" allow="autoplay" loading="lazy" frameborder="0"></iframe>',
    );
  });

  it("leaves the what-if panel out where there is no room for it", () => {
    const code = frameCode("https://lemons.test/embed/x", "", { width: 300, height: 300 });
    expect(code).toContain("/embed/x?controls=compact");
  });

  it("is one script and one element", () => {
    expect(scriptCode("https://lemons.test", "a-b")).toBe(
      '<script type="module" src="https://lemons.test/lemons-player.js"></script>\n<lemons-player explanation="a-b"></lemons-player>',
    );
  });
});
