import { describe, expect, it } from "vitest";
import { frameCode, frameSize, scriptCode } from "./embed-code.ts";

describe("embed code", () => {
  it("keeps the frame within the limits", () => {
    expect(frameSize()).toEqual({ width: 800, height: 980 });
    expect(frameSize(400, 5000)).toEqual({ width: 400, height: 980 });
    expect(frameSize(undefined, 300)).toEqual({ width: 800, height: 300 });
  });

  it("escapes the title of the iframe", () => {
    const code = frameCode("https://lemons.test/embed/x", `"><script>`, { width: 1, height: 900 });
    expect(code).toBe(
      '<iframe src="https://lemons.test/embed/x" width="1" height="900" title="&quot;&gt;&lt;script&gt;" allow="autoplay" loading="lazy" frameborder="0"></iframe>',
    );
  });

  it("leaves out the what-if panel in low frames", () => {
    const code = frameCode("https://lemons.test/embed/x", "", { width: 300, height: 300 });
    expect(code).toContain('src="https://lemons.test/embed/x?controls=compact"');
    const dark = frameCode("https://lemons.test/embed/x?theme=dark", "", { width: 9, height: 9 });
    expect(dark).toContain('src="https://lemons.test/embed/x?theme=dark&amp;controls=compact"');
  });

  it("is a script and an element", () => {
    expect(scriptCode("https://lemons.test", "a-b")).toBe(
      '<script type="module" src="https://lemons.test/lemons-player.js"></script>\n<lemons-player explanation="a-b"></lemons-player>',
    );
  });
});
