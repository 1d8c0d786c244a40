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
    const shapley = [...page.matchAll(/<td class="number shapley">([^<]+)/g)].map(
      ([, text]) => text,
    );
    expect(shapley).toEqual(["+0.352", "+0.263", "0.000", "−0.031"]);
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

describe("an explanation from every mask", () => {
  it("says which parts decide", () => {
    expect(page).toMatch(/Alone enough: <strong>drums, 6–12\u202fs<\/strong>\. With nothing else/);
    expect(page).toMatch(/Without <strong>drums.*<\/strong> it would not be recommended/);
  });

  it("tells how much was counted, and at what cost", () => {
    expect(page).toContain("all 16 combinations counted");
    expect(page).toContain("57.3 forward passes, for 21,984 columns");
    expect(page).toContain("split into 5 blocks");
  });

  it("has highlights played whole that are rendered when they are asked for", () => {
    const highlights = explanation.highlights.map((highlight) => ({ ...highlight, audio: null }));
    const later = (<ExplanationResult explanation={{ ...explanation, highlights }} />).toString();
    expect(later).toContain(`src="/v1/explanations/${explanation.id}/audio/top-1"`);
    expect(later).toMatch(/<lemons-audio[^>]* highlight/);
    expect(later).not.toContain("encoder-delay-samples");
  });
});

describe("an explanation from drawn masks", () => {
  const sampled = (
    <ExplanationResult
      explanation={{
        ...explanation,
        neighbourhood: {
          kind: "sampled",
          samples: 256,
          seed: 7,
          distinctMasks: 15,
          suppliedMasks: false,
        },
        components: explanation.components.map((component) => ({ ...component, shapley: null })),
        sufficient: null,
        necessary: null,
        decision: { threshold: null, reason: "sampled" },
        curves: null,
        engine: { ...explanation.engine, kind: "dense", blocks: 0, reason: "it has an LSTM" },
      }}
    />
  ).toString();

  it("says how they were drawn and why, and claims nothing else", () => {
    expect(sampled).toContain("256 drawn with seed 7, 15 distinct");
    expect(sampled).toContain("no response table: it has an LSTM");
    expect(sampled).not.toContain("Shapley");
    expect(sampled).not.toContain('class="decisive"');
  });
});
