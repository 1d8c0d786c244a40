import { describe, expect, it } from "vitest";
import { explanation } from "./explanation.fixture.ts";
import { ExplanationResult } from "./explanation-result.tsx";

const page = (<ExplanationResult explanation={explanation} />).toString();

describe("ExplanationResult", () => {
  it("shows the summary as text, whatever is in it", () => {
    expect(page).toContain("Recommended for its &lt;drums&gt; &amp; &quot;bass&quot;.");
  });

  it("says what the fidelity means", () => {
    expect(page).toMatch(/Fidelity <strong>93 %<\/strong>, very close/);
  });

  it("lists every part once, by falling weight", () => {
    const order = [...page.matchAll(/data-component="(\d+)"/g)].map(([, index]) => Number(index));
    expect(order).toEqual(explanation.ranking);
    const weights = [...page.matchAll(/<td class="number">([^<]+)/g)].map(([, text]) => text);
    expect(weights).toEqual(["+0.070", "+0.020", "0.000", "−0.045"]);
  });

  it("tells the direction of a weight by words, place and pattern", () => {
    expect(page).toContain("speaks against it");
    expect(page).toContain("makes no difference");
    expect(page).toMatch(/class="bar-against" x="18.0\d*%"/);
    expect(page).toContain('class="bar-for" x="50%"');
  });

  it("hands the player what it needs to cut the encoder's delay", () => {
    expect(page).toContain(`src="/v1/explanations/${explanation.id}/audio/top-1"`);
    expect(page).toContain('encoder-delay-samples="1105"');
    expect(page).toContain('samples="529200"');
  });

  it("says so where nothing speaks for the track", () => {
    expect(page).toContain("Nothing to hear");
    expect(page.match(/<lemons-audio/g)).toHaveLength(1);
  });

  it("brings no inline style or script, which the content policy forbids", () => {
    expect(page).not.toMatch(/\sstyle=|<script|\son\w+=/);
  });
});
