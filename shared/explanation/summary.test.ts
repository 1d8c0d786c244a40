import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExplanationType, SOURCES } from "../contract/explanation-request.ts";
import { componentsOf } from "./components.ts";
import { summarise } from "./summary.ts";
import type { SummaryValues } from "./summary-facts.ts";

interface Track {
  segments?: number;
  segmentSeconds?: number;
  startSeconds?: number;
  sources?: readonly string[];
}

type Weights = readonly number[] | Readonly<Record<number, number>>;

function explained(
  type: ExplanationType,
  weights: Weights,
  track: Track = {},
): Pick<SummaryValues, "type" | "components"> {
  const { segments = 5, segmentSeconds = 6, startSeconds = 0, sources = SOURCES } = track;
  const times = Array.from({ length: segments }, (_, i) => ({
    startSeconds: startSeconds + i * segmentSeconds,
    endSeconds: startSeconds + (i + 1) * segmentSeconds,
  }));
  const components = componentsOf({ type, segments: times, sources }).map((place) => ({
    ...place,
    weight: (weights as Readonly<Record<number, number>>)[place.index] ?? 0,
    shapley: null,
  }));
  return { type, components };
}

const liked = { target: "relevance", relevance: 0.8, fidelity: 0.9, sufficient: null } as const;
const disliked = { ...liked, relevance: 0.2 } as const;

type Row = [sentence: string, explanation: Pick<SummaryValues, "type" | "components">];

describe("summarise for a recommended track", () => {
  const rows: Row[] = [
    [
      "Recommended mostly for its drums at 6 to 12 s. Its vocals at 0 to 6 s hurt.",
      explained("time+source", { 7: 0.2, 0: -0.1 }),
    ],
    [
      "Recommended mostly for its drums at 0 to 6 s and 12 to 18 s, and its piano at 6 to 12 s.",
      explained("time+source", { 2: 0.2, 12: 0.2, 6: 0.15 }),
    ],
    [
      "Recommended mostly for its drums at 0 to 12 s and its piano at 6 to 12 s. The rest (guitars, strings, synths) at 24 to 30 s hurts.",
      explained("time+source", { 2: 0.2, 7: 0.2, 6: 0.15, 24: -0.1 }),
    ],
    [
      "Recommended above all for its bass at 0 to 6 s. Its bass at 6 to 12 s hurts.",
      explained("time+source", {
        ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i + 10, 0.04])),
        3: 0.2,
        8: -0.1,
      }),
    ],
    [
      "Recommended mostly for the passage at 0 to 6 s. The passage at 12 to 18 s hurts.",
      explained("time", [0.2, 0.01, -0.1, 0, 0]),
    ],
    [
      "Recommended mostly for the passages at 1:15 to 1:21 and 1:27 to 1:33.",
      explained("time", [0.2, 0, 0.2, 0, 0], { startSeconds: 75 }),
    ],
    [
      "Recommended mostly for the passage at 0 to 18 s. The passages at 18 to 24 s and 30 to 36 s hurt.",
      explained("time", [0.2, 0.19, 0.15, -0.1, 0, -0.1], { segments: 6 }),
    ],
    [
      "Recommended mostly for the passage at 1:00.6 to 1:01.2.",
      explained("time", [0, 0.1], { segments: 2, segmentSeconds: 0.6, startSeconds: 60 }),
    ],
    [
      "Recommended mostly for the passage at 1.2 to 2.4 s.",
      explained("time", [0, 0.1, 0], { segments: 3, segmentSeconds: 1.2 }),
    ],
    [
      "Recommended mostly for the passage at 53 to 59 s.",
      explained("time", [0.1, 0], { segments: 2, startSeconds: 53.4, segmentSeconds: 5.9 }),
    ],
    [
      "Recommended mostly for the passage at 0:54 to 1:00.",
      explained("time", [0.1, 0], { segments: 2, startSeconds: 53.6 }),
    ],
    [
      "Recommended mostly for its drums and its bass. Its vocals hurt.",
      explained("source", [-0.2, 0.01, 0.1, 0.09, 0]),
    ],
    [
      "Recommended mostly for the rest (guitars, strings, synths). Its bass hurts.",
      explained("source", [0, 0, 0, -0.3, 0.3]),
    ],
    [
      "Recommended mostly for its lead vocals. Its brass hurts.",
      explained("source", [0.2, -0.1], { sources: ["lead_vocals", "brass"] }),
    ],
    [
      "Recommended mostly for its chorus. Its 12 strings hurt.",
      explained("source", [0.2, -0.1], { sources: ["chorus", "12-strings"] }),
    ],
    [
      "Recommended mostly for its vocals. Its piano hurts.",
      explained("time+source", [0.1, -0.05], { segments: 1, segmentSeconds: 30 }),
    ],
    [
      "Recommended. It's the track as a whole: no passage stands out.",
      explained("time", [0.1, 0.11, 0.09, 0.1, 0.1]),
    ],
    [
      "Recommended. It's the track as a whole: no voice or instrument stands out.",
      explained("source", [0.1, 0.09], { sources: ["vocals", "other"] }),
    ],
    [
      "Recommended. It's the track as a whole: no part stands out.",
      explained("time+source", new Array(25).fill(0.05)),
    ],
    [
      "Recommended. No single part decides: it's the combination. Several parts hurt.",
      explained(
        "time+source",
        Array.from({ length: 25 }, (_, i) => (i % 2 === 0 ? 0.05 : -0.05)),
      ),
    ],
    [
      "Recommended. No single passage makes a difference.",
      explained("time", [0.004, -0.004, 0, 0, 0]),
    ],
    [
      "Recommended, although no single passage helps. The passage at 6 to 12 s hurts most.",
      explained("time", [-0.05, -0.2, 0, 0, 0]),
    ],
    [
      "Recommended, although no single voice or instrument helps. Its vocals and its piano hurt most.",
      explained("source", [-0.2, -0.15, -0.01, 0, 0]),
    ],
    [
      "Recommended, although no single part helps. Several parts hurt.",
      explained("time+source", new Array(25).fill(-0.1)),
    ],
    [
      "Recommended, although no single passage helps.",
      explained("time", [-0.1, -0.1], { segments: 2 }),
    ],
    [
      "Recommended. The track has a single part, so there is nothing to compare.",
      explained("time", [0.4], { segments: 1 }),
    ],
  ];
  it.each(rows)("%s", (sentence, explanation) => {
    expect(summarise({ ...liked, ...explanation })).toBe(sentence);
  });
});

describe("summarise for a track that is not recommended", () => {
  const rows: Row[] = [
    [
      "Not a match, mostly because of its vocals at 0 to 6 s. Its drums at 6 to 12 s help.",
      explained("time+source", { 7: 0.2, 0: -0.2 }),
    ],
    [
      "Not a match, mostly because of the passage at 12 to 18 s.",
      explained("time", [0.01, 0, -0.1, 0, 0]),
    ],
    [
      "Not a match, above all because of its bass. Its piano helps.",
      explained("source", [-0.07, 0.1, -0.07, -0.15, -0.07]),
    ],
    [
      "Not a match. It's the track as a whole: no voice or instrument stands out.",
      explained("source", new Array(5).fill(-0.1)),
    ],
    [
      "Not a match. No single passage decides: it's the combination. The passage at 24 to 30 s helps.",
      explained("time", [-0.1, -0.1, -0.1, -0.1, 0.2]),
    ],
    ["Not a match. No single part makes a difference.", explained("time+source", [])],
    [
      "Not a match. Nothing puts this listener off, but too little attracts them. Its drums help most.",
      explained("source", [0, 0, 0.3, 0.1, 0]),
    ],
    [
      "Not a match. The track has a single part, so there is nothing to compare.",
      explained("source", [-0.3], { sources: ["other"] }),
    ],
  ];
  it.each(rows)("%s", (sentence, explanation) => {
    expect(summarise({ ...disliked, ...explanation })).toBe(sentence);
  });

  it('flips the weights if they are those of "not relevant"', () => {
    const flipped = explained("source", [0.2, 0, -0.2, 0, 0]);
    const target = "predicted-class";
    expect(summarise({ ...disliked, ...flipped, target })).toBe(
      "Not a match, mostly because of its vocals. Its drums help.",
    );
    expect(summarise({ ...liked, ...flipped, target })).toBe(
      "Recommended mostly for its vocals. Its drums hurt.",
    );
  });

  it("treats a relevance of one half as recommended", () => {
    const drums = explained("source", [0, 0, 0.2, 0, 0]);
    expect(summarise({ ...liked, ...drums, relevance: 0.5 })).toMatch(/^Recommended /);
    expect(summarise({ ...liked, ...drums, relevance: 0.4999 })).toMatch(/^Not a match\. /);
  });
});

describe("summarise for a poor fit", () => {
  const drums = explained("source", [0, 0, 0.2, 0, 0]);

  it("warns if the fit is poor", () => {
    expect(summarise({ ...liked, ...drums, fidelity: 0.5 })).toBe(
      "Recommended mostly for its drums.",
    );
    expect(summarise({ ...liked, ...drums, fidelity: 0.38 })).toBe(
      "Recommended mostly for its drums. The parts work together, so try combinations.",
    );
  });

  it.each([
    ["time", "No single passage decides: it's the combination."],
    ["source", "No single voice or instrument decides: it's the combination."],
    ["time+source", "No single part decides: it's the combination."],
  ] as const)("names no part of type %s if the fit is very poor", (type, words) => {
    const explanation = explained(type, [0, 0, 0.2, 0, 0]);
    expect(summarise({ ...liked, ...explanation, fidelity: 0.12 })).toBe(`Recommended. ${words}`);
    expect(summarise({ ...disliked, ...explanation, fidelity: -2 })).toBe(`Not a match. ${words}`);
  });

  it("adds how many parts are enough to be recommended", () => {
    const explanation = { ...explained("source", [0, 0, 0.2, 0, 0]), fidelity: 0.12 };
    const enough = (components: number[], relevance = 0.6) => ({
      sufficient: { components, relevance },
    });
    const combined = "Recommended. No single voice or instrument decides: it's the combination.";
    expect(summarise({ ...liked, ...explanation, ...enough([0, 1, 4]) })).toBe(
      `${combined} Three of them are already enough.`,
    );
    expect(summarise({ ...liked, ...explanation, ...enough([0, 1, 2, 3, 4]) })).toBe(combined);
    expect(summarise({ ...liked, ...explanation, ...enough([2]) })).toBe(
      "Recommended. Its drums alone are already enough.",
    );
    expect(summarise({ ...liked, ...explanation, ...enough([0, 1, 4], 0.4) })).toBe(combined);
    expect(summarise({ ...disliked, ...explanation, ...enough([0, 1, 4]) })).not.toContain(
      "enough",
    );
  });

  it("does not warn if nothing makes a difference", () => {
    expect(summarise({ ...liked, ...explained("time", []), fidelity: 0 })).toBe(
      "Recommended. No single passage makes a difference.",
    );
  });
});

describe("summarise", () => {
  it("returns well-formed sentences for any explanation", () => {
    const weight = fc.oneof(
      fc.constantFrom(0, 0.1, -0.1),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom("time", "source", "time+source"),
        fc.array(weight, { minLength: 64, maxLength: 64 }),
        fc.record({
          segments: fc.integer({ min: 1, max: 8 }),
          segmentSeconds: fc.double({ min: 0.05, max: 60, noNaN: true }),
          startSeconds: fc.double({ min: 0, max: 600, noNaN: true }),
          sources: fc.constantFrom(SOURCES, ["vocals", "accompaniment"], ["other"]),
        }),
        fc.record({
          target: fc.constantFrom("relevance", "predicted-class"),
          relevance: probability,
          fidelity: fc.double({ min: -1, max: 1, noNaN: true }),
          sufficient: fc.option(
            fc.record({
              components: fc.uniqueArray(fc.nat(63), { minLength: 1 }),
              relevance: probability,
            }),
          ),
        }),
        (type, weights, track, values) => {
          const described = explained(type, weights, track);
          const sufficient = values.sufficient && {
            ...values.sufficient,
            components: values.sufficient.components.filter((i) => i < described.components.length),
          };
          const sentence = summarise({ ...values, ...described, sufficient });
          expect(sentence).toMatch(/^(?:Recommended|Not a match)[ ,.][^!?;]*[^ .,]\.$/);
          expect(sentence).not.toMatch(/undefined|null|NaN| {2}| [,.]|\. [a-z]|\bat (?:and|$)|:60/);
          expect(sentence.length).toBeLessThan(300);
        },
      ),
    );
  });
});
