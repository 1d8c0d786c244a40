import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Component } from "../contract/explanation.ts";
import type { ExplanationType } from "../contract/explanation-request.ts";
import { componentsOf } from "./components.ts";
import { highlightPlan, topComponents } from "./highlights.ts";

interface Ranked {
  indexes: number[];
  scores: number[];
}

interface GoldenFile {
  time_and_source: Ranked;
  time: Ranked;
  source: Ranked;
  cases: {
    type: "TimeAndSource" | "Time" | "Source";
    k: number | "all";
    query_instrument: number | null;
    trim: boolean;
    out: number[][];
    sources: number[] | null;
  }[];
}

const url = new URL("../../infra/golden/lime/take_top.json", import.meta.url);
const golden: GoldenFile = JSON.parse(readFileSync(url, "utf8"));
const sources = ["vocals", "piano", "drums", "bass", "other"];
const segments = Array.from({ length: 5 }, (_, i) => ({ startSeconds: i, endSeconds: i + 1 }));
const SEGMENT_SAMPLES = 6;
const SAMPLES = 30;

function weighted(type: ExplanationType, weightOf: (index: number) => number): Component[] {
  return componentsOf({ type, segments, sources }).map((place) => ({
    ...place,
    weight: weightOf(place.index),
    shapley: null,
  }));
}

const layouts = {
  TimeAndSource: { type: "time+source", ranked: golden.time_and_source },
  Time: { type: "time", ranked: golden.time },
  Source: { type: "source", ranked: golden.source },
} as const;

describe("topComponents", () => {
  it.each(golden.cases)(
    "is take_top: $type, $k, source $query_instrument, trim $trim",
    (expected) => {
      const { type, ranked } = layouts[expected.type];
      const components = weighted(type, (index) => {
        const rank = ranked.indexes.indexOf(index);
        return rank < 0 ? -0.1 : ranked.scores[rank]!;
      });
      const top = topComponents(components, {
        count: expected.k,
        source: expected.query_instrument === null ? undefined : sources[expected.query_instrument],
      })!;

      // The golden signal of a source is a ramp from 1 to 30, times 10 to the power of its number.
      const tracks = top.parts.map(({ source, segments: sounding }) => {
        const scale = source === null ? 1 : 10 ** sources.indexOf(source);
        return Array.from({ length: SAMPLES }, (_, i) =>
          sounding?.includes(Math.floor(i / SEGMENT_SAMPLES)) === false ? 0 : (i + 1) * scale,
        );
      });
      const { firstSegment, lastSegment } = top.span ?? { firstSegment: 0, lastSegment: 4 };
      expect([top.startSeconds, top.endSeconds]).toEqual([firstSegment, lastSegment + 1]);
      const rendered = expected.trim
        ? tracks.map((track) =>
            track.slice(firstSegment * SEGMENT_SAMPLES, (lastSegment + 1) * SEGMENT_SAMPLES),
          )
        : tracks;
      expect(rendered).toEqual(expected.out);
      const names = expected.sources?.map((source) => sources[source]) ?? [null];
      expect(top.parts.map((part) => part.source)).toEqual(names);
    },
  );

  const components = weighted("time+source", (index) => [0.3, 0.1, 0, -0.2][index % 5] ?? 0.2);

  it("lists indices by falling weight, equal weights by index", () => {
    expect(topComponents(components, { count: 3 })!.indices).toEqual([0, 5, 10]);
  });

  it("can be restricted to one source or one segment", () => {
    expect(topComponents(components, { count: 2, source: "other" })!.indices).toEqual([4, 9]);
    const inSegment = topComponents(components, { count: "all", segment: 3 })!;
    expect(inSegment.indices).toEqual([15, 19, 16]);
    expect(inSegment.parts).toEqual([
      { source: "vocals", segments: [3] },
      { source: "piano", segments: [3] },
      { source: "other", segments: [3] },
    ]);
    expect(inSegment.span).toEqual({ firstSegment: 3, lastSegment: 3 });
  });

  it("is null without positive weights", () => {
    expect(topComponents(components, { count: 3, source: "drums" })).toBeNull();
    expect(topComponents(components, { count: 3, source: "bass" })).toBeNull();
    expect(topComponents(components, { count: 3, source: "tuba" })).toBeNull();
    expect(topComponents([], { count: 1 })).toBeNull();
  });
});

const planSegments = [0, 1, 2].map((i) => ({ startSeconds: 4 + i, endSeconds: 5 + i }));
const planSources = ["drums", "bass"];

function planOf(weights: Record<number, number>, querySource?: string) {
  const components = componentsOf({
    type: "time+source",
    segments: planSegments,
    sources: planSources,
  }).map((place) => ({
    ...place,
    weight: weights[place.index] ?? -1,
    shapley: null,
  }));
  return highlightPlan({ components, startSeconds: 4, querySource });
}

describe("highlightPlan", () => {
  it("lists the strongest component and the strongest three, by falling weight", () => {
    const plan = planOf({ 2: 0.1, 3: 0.3, 5: 0.2 });
    expect(plan.map(({ highlight }) => highlight)).toEqual([
      { name: "top-1", file: "top-1.mp3", components: [3], startSeconds: 5, audio: null },
      { name: "top-3", file: "top-3.mp3", components: [3, 5, 2], startSeconds: 5, audio: null },
    ]);
    expect(plan[1]!.top!.parts).toEqual([
      { source: "drums", segments: [1] },
      { source: "bass", segments: [1, 2] },
    ]);
  });

  it("names no file without positive weights", () => {
    for (const { highlight, top } of planOf({})) {
      expect(top).toBeNull();
      expect(highlight).toMatchObject({ file: null, components: [], startSeconds: 4 });
    }
  });

  it("can be restricted to one source", () => {
    const [one] = planOf({ 2: 0.4, 3: 0.3 }, "bass");
    expect(one!.highlight.components).toEqual([3]);
  });
});
