import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExplanationType } from "../contract/explanation-request.ts";
import { SOURCES } from "../contract/explanation-request.ts";
import { componentsOf } from "./components.ts";
import { summarise } from "./summary.ts";
import type { SummaryFacts, SummaryValues } from "./summary-facts.ts";

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

const liked = { target: "relevance", relevance: 0.8, fidelity: 0.9 } as const;
const disliked = { ...liked, relevance: 0.2 } as const;

type Row = [sentence: string, explanation: Pick<SummaryValues, "type" | "components">];

describe("summarise a recommended track", () => {
  const rows: Row[] = [
    [
      "Recommended mostly for its drums at 6 to 12 s; its vocals at 0 to 6 s speak against it.",
      explained("time+source", { 7: 0.2, 0: -0.1 }),
    ],
    [
      "Recommended mostly for its drums at 0 to 6 s and 12 to 18 s, and its piano at 6 to 12 s.",
      explained("time+source", { 2: 0.2, 12: 0.2, 6: 0.15 }),
    ],
    [
      "Recommended mostly for its drums at 0 to 12 s and its piano at 6 to 12 s; its other instruments at 24 to 30 s speak against it.",
      explained("time+source", { 2: 0.2, 7: 0.2, 6: 0.15, 24: -0.1 }),
    ],
    [
      "Recommended above all for its bass at 0 to 6 s; its bass at 6 to 12 s speaks against it.",
      explained("time+source", {
        ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i + 10, 0.04])),
        3: 0.2,
        8: -0.1,
      }),
    ],
    [
      "Recommended mostly for the passage at 0 to 6 s; the passage at 12 to 18 s speaks against it.",
      explained("time", [0.2, 0.01, -0.1, 0, 0]),
    ],
    [
      "Recommended mostly for the passages at 1:15 to 1:21 and 1:27 to 1:33.",
      explained("time", [0.2, 0, 0.2, 0, 0], { startSeconds: 75 }),
    ],
    [
      "Recommended mostly for the passage at 0 to 18 s; the passages at 18 to 24 s and 30 to 36 s speak against it.",
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
      "Recommended mostly for its drums and its bass; its vocals speak against it.",
      explained("source", [-0.2, 0.01, 0.1, 0.09, 0]),
    ],
    [
      "Recommended mostly for its other instruments; its bass speaks against it.",
      explained("source", [0, 0, 0, -0.3, 0.3]),
    ],
    [
      "Recommended mostly for its lead vocals; its brass speaks against it.",
      explained("source", [0.2, -0.1], { sources: ["lead_vocals", "brass"] }),
    ],
    [
      "Recommended mostly for its chorus; its 12 strings speak against it.",
      explained("source", [0.2, -0.1], { sources: ["chorus", "12-strings"] }),
    ],
    [
      "Recommended mostly for its vocals; its piano speaks against it.",
      explained("time+source", [0.1, -0.05], { segments: 1, segmentSeconds: 30 }),
    ],
    [
      "Recommended for the track as a whole: no passage stands out.",
      explained("time", [0.1, 0.11, 0.09, 0.1, 0.1]),
    ],
    [
      "Recommended for the track as a whole: no voice or instrument stands out.",
      explained("source", [0.1, 0.09], { sources: ["vocals", "other"] }),
    ],
    [
      "Recommended for the track as a whole: no single part stands out.",
      explained("time+source", new Array(25).fill(0.05)),
    ],
    [
      "Recommended for several parts that count about the same; several others speak against it.",
      explained(
        "time+source",
        Array.from({ length: 25 }, (_, i) => (i % 2 === 0 ? 0.05 : -0.05)),
      ),
    ],
    [
      "Recommended, although no passage on its own makes a difference.",
      explained("time", [0.004, -0.004, 0, 0, 0]),
    ],
    [
      "Recommended, although no passage on its own speaks for it; the passage at 6 to 12 s speaks most strongly against it.",
      explained("time", [-0.05, -0.2, 0, 0, 0]),
    ],
    [
      "Recommended, although no voice or instrument on its own speaks for it; its vocals and its piano speak most strongly against it.",
      explained("source", [-0.2, -0.15, -0.01, 0, 0]),
    ],
    [
      "Recommended, although no single part on its own speaks for it; several speak against it.",
      explained("time+source", new Array(25).fill(-0.1)),
    ],
    [
      "Recommended, although no passage on its own speaks for it.",
      explained("time", [-0.1, -0.1], { segments: 2 }),
    ],
    [
      "Recommended; the track was not divided, so no part can be compared with another.",
      explained("time", [0.4], { segments: 1 }),
    ],
  ];
  it.each(rows)("%s", (sentence, explanation) => {
    expect(summarise({ ...liked, ...explanation })).toBe(sentence);
  });
});

describe("summarise a track that is not recommended", () => {
  const rows: Row[] = [
    [
      "Not recommended, mostly because of its vocals at 0 to 6 s; its drums at 6 to 12 s speak for it.",
      explained("time+source", { 7: 0.2, 0: -0.2 }),
    ],
    [
      "Not recommended, mostly because of the passage at 12 to 18 s.",
      explained("time", [0.01, 0, -0.1, 0, 0]),
    ],
    [
      "Not recommended, above all because of its bass; its piano speaks for it.",
      explained("source", [-0.07, 0.1, -0.07, -0.15, -0.07]),
    ],
    [
      "Not recommended because of the track as a whole: no voice or instrument stands out.",
      explained("source", new Array(5).fill(-0.1)),
    ],
    [
      "Not recommended because of several passages that count about the same; the passage at 24 to 30 s speaks for it.",
      explained("time", [-0.1, -0.1, -0.1, -0.1, 0.2]),
    ],
    [
      "Not recommended, and no single part on its own makes a difference.",
      explained("time+source", []),
    ],
    [
      "Not recommended, although no voice or instrument on its own speaks against it; its drums speak most strongly for it.",
      explained("source", [0, 0, 0.3, 0.1, 0]),
    ],
    [
      "Not recommended; the track was not divided, so no part can be compared with another.",
      explained("source", [-0.3], { sources: ["other"] }),
    ],
  ];
  it.each(rows)("%s", (sentence, explanation) => {
    expect(summarise({ ...disliked, ...explanation })).toBe(sentence);
  });

  it("turns the weights round where they speak of the predicted class", () => {
    const flipped = explained("source", [0.2, 0, -0.2, 0, 0]);
    const target = "predicted-class";
    expect(summarise({ ...disliked, ...flipped, target })).toBe(
      "Not recommended, mostly because of its vocals; its drums speak for it.",
    );
    expect(summarise({ ...liked, ...flipped, target })).toBe(
      "Recommended mostly for its vocals; its drums speak against it.",
    );
  });

  it("takes a relevance of one half as recommended", () => {
    const drums = explained("source", [0, 0, 0.2, 0, 0]);
    expect(summarise({ ...liked, ...drums, relevance: 0.5 })).toMatch(/^Recommended /);
    expect(summarise({ ...liked, ...drums, relevance: 0.4999 })).toMatch(/^Not recommended, /);
  });
});

describe("summarise a poor fit", () => {
  const drums = explained("source", [0, 0, 0.2, 0, 0]);

  it("says that it is rough", () => {
    expect(summarise({ ...liked, ...drums, fidelity: 0.5 })).toBe(
      "Recommended mostly for its drums.",
    );
    expect(summarise({ ...liked, ...drums, fidelity: 0.38 })).toBe(
      "Recommended mostly for its drums; this is a rough picture, as single parts explain only 38 % of how the recommendation changes.",
    );
  });

  it.each([
    ["time", "no passage can be named as the reason: taken one by one, passages explain"],
    [
      "source",
      "no voice or instrument can be named as the reason: taken one by one, voices and instruments explain",
    ],
    ["time+source", "no single part can be named as the reason: taken one by one, parts explain"],
  ] as const)("names nothing where %s parts explain too little", (type, words) => {
    const explanation = explained(type, [0, 0, 0.2, 0, 0]);
    expect(summarise({ ...liked, ...explanation, fidelity: 0.12 })).toBe(
      `Recommended, but ${words} only 12 % of how the recommendation changes.`,
    );
    expect(summarise({ ...disliked, ...explanation, fidelity: -2 })).toBe(
      `Not recommended, but ${words} almost nothing of how the recommendation changes.`,
    );
  });

  it("does not excuse itself where nothing makes a difference", () => {
    expect(summarise({ ...liked, ...explained("time", []), fidelity: 0 })).toBe(
      "Recommended, although no passage on its own makes a difference.",
    );
  });
});

describe("summarise", () => {
  it("is one well-formed sentence for any explanation", () => {
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
        }),
        (type, weights, track, values) => {
          const sentence = summarise({ ...values, ...explained(type, weights, track) });
          expect(sentence).toMatch(/^(?:Recommended|Not recommended)[ ,;][^!?]*[^ .;,]\.$/);
          expect(sentence).not.toMatch(/undefined|null|NaN| {2}| [,;.]|\bat (?:and|;|$)|:60/);
          expect(sentence.length).toBeLessThan(400);
        },
      ),
    );
  });

  it("can be worded in another language from the same facts", () => {
    const german = ({ recommended, reason }: SummaryFacts) =>
      `${recommended ? "Empfohlen" : "Nicht empfohlen"} (${reason.kind}).`;
    const values = { ...disliked, ...explained("source", [0, 0, -0.2, 0, 0]) };
    expect(summarise(values, german)).toBe("Nicht empfohlen (supported).");
  });
});
