import { describe, expect, it } from "vitest";
import { explanation } from "./explanation.fixture.ts";
import { ExplanationResult } from "./explanation-result.tsx";

const page = (<ExplanationResult explanation={explanation} />).toString();

describe("ExplanationResult", () => {
  it("escapes the summary", () => {
    expect(page).toContain("Recommended for its &lt;drums&gt; &amp; &quot;bass&quot;.");
  });

  it("lists every part once, by descending weight", () => {
    const order = [...page.matchAll(/data-component="(\d+)"/g)].map(([, index]) => Number(index));
    expect(order).toEqual(explanation.ranking);
    const shapley = [...page.matchAll(/<td class="number shapley">([^<]+)/g)].map(
      ([, text]) => text,
    );
    expect(shapley).toEqual(["+0.352", "+0.263", "0.000", "−0.031"]);
    const weights = [...page.matchAll(/<td class="number">([^<]+)/g)].map(([, text]) => text);
    expect(weights).toEqual(["+0.070", "+0.020", "0.000", "−0.045"]);
  });

  it("shows the direction of a weight by words, position and pattern", () => {
    expect(page).toContain("hurts");
    expect(page).toContain("makes no difference");
    expect(page).toMatch(/class="bar-against" x="18.0\d*%"/);
    expect(page).toContain('class="bar-for" x="50%"');
  });

  it("passes the explanation to the player, and links the audio without scripts", () => {
    expect(page).toContain(`<lemons-player explanation="${explanation.id}"`);
    expect(page).toContain(`<noscript><p>`);
    expect(page).toContain(`href="/v1/explanations/${explanation.id}/audio/top-1"`);
  });

  it("contains no inline style or script, which the content policy forbids", () => {
    expect(page).not.toMatch(/\sstyle=|<script|\son\w+=/);
  });
});

describe("an explanation from all masks", () => {
  it("shows which parts decide", () => {
    expect(page).toMatch(
      /Fewest parts that are enough: <strong>drums, 6–12\u202fs<\/strong>\. On their own/,
    );
    expect(page).toMatch(/Fewest to mute to lose it: <strong>drums.*<\/strong>\. Without them/);
  });

  it("shows how much was counted, and the cost", () => {
    expect(page).toContain("all 16 combinations, counted");
    expect(page).toContain("57.3 forward passes, for 21,984 columns");
    expect(page).toContain("split into 5 blocks");
  });
});

describe("an explanation from sampled masks", () => {
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

  it("shows how and why they were sampled, without Shapley values or decisive parts", () => {
    expect(sampled).toContain("256 sampled with seed 7, 15 distinct");
    expect(sampled).toContain("no response table: it has an LSTM");
    expect(sampled).not.toContain("Shapley");
    expect(sampled).not.toContain('class="decisive"');
  });
});
