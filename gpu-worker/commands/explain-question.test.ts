import { describe, expect, it } from "vitest";
import { questionFrom, separatorFrom } from "./explain-question.ts";

describe("questionFrom", () => {
  it("has the defaults of the contract", () => {
    expect(questionFrom({ type: "time+source" })).toEqual({
      type: "time+source",
      neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
      segments: 5,
      kernelWidth: 0.25,
      featureSelection: "none",
      target: "relevance",
    });
  });

  it.each<[Parameters<typeof questionFrom>[0], object]>([
    [{ exhaustive: true }, { kind: "exhaustive", effectiveSamples: 2048 }],
    [{ "effective-samples": "64" }, { kind: "exhaustive", effectiveSamples: 64 }],
    [
      { exhaustive: true, masks: "m.json" },
      { kind: "exhaustive", effectiveSamples: 2048 },
    ],
    [{ masks: "m.json" }, { kind: "sampled", samples: 256, seed: 0 }],
    [{ samples: "64" }, { kind: "sampled", samples: 64, seed: 0 }],
    [{ seed: "7" }, { kind: "sampled", samples: 256, seed: 7 }],
  ])("evaluates every mask unless masks are sampled or supplied: %o", (given, neighbourhood) => {
    expect(questionFrom({ type: "time+source", ...given }).neighbourhood).toEqual(neighbourhood);
  });

  it("reads every option", () => {
    expect(
      questionFrom({
        type: "time",
        samples: "64",
        seed: "4294967295",
        segments: "8",
        "kernel-width": ".5",
        "feature-selection": "lasso_path",
        features: "3",
        target: "predicted-class",
        threshold: "0.6",
      }),
    ).toEqual({
      type: "time",
      neighbourhood: { kind: "sampled", samples: 64, seed: 4294967295 },
      segments: 8,
      kernelWidth: 0.5,
      featureSelection: "lasso_path",
      features: 3,
      target: "predicted-class",
      threshold: 0.6,
    });
  });

  it.each([
    [{ type: "sources" }, /^--type sources: .*time\+source/],
    [{ samples: "1" }, /^--samples 1: /],
    [{ samples: "9000" }, /^--samples 9000: /],
    [{ samples: "1.5" }, /^--samples must be a whole number, not "1.5"/],
    [{ samples: "1e3" }, /^--samples must be a whole number/],
    [{ samples: "" }, /^--samples must be a whole number/],
    [{ seed: "-1" }, /^--seed must be a whole number/],
    [{ seed: "4294967296" }, /^--seed 4294967296: /],
    [{ segments: "0" }, /^--segments 0: /],
    [{ "kernel-width": "wide" }, /^--kernel-width wide: /],
    [{ "kernel-width": "0" }, /^--kernel-width 0: /],
    [{ "feature-selection": "best" }, /^--feature-selection best: .*lasso_path/],
    [{ features: "2" }, /^--features needs a --feature-selection/],
    [{ target: "fame" }, /^--target fame: /],
    [{ threshold: "1" }, /^--threshold 1: /],
    [{ "effective-samples": "1" }, /^--effective-samples 1: /],
    [{ "effective-samples": "64", seed: "1" }, /^--effective-samples goes with --exhaustive/],
    [{ exhaustive: true, samples: "5" }, /^--exhaustive evaluates every mask/],
    [{ masks: "m.json", samples: "5" }, /^--masks lists the masks/],
    [{ masks: "m.json", seed: "5" }, /^--masks lists the masks/],
  ] as [Parameters<typeof questionFrom>[0], RegExp][])("refuses %o", (given, message) => {
    expect(() => questionFrom({ type: "time", ...given })).toThrow(message);
  });
});

describe("separatorFrom", () => {
  it("takes the stems if there are any, unless a separator is named", () => {
    expect(separatorFrom({})).toBe("dsp");
    expect(separatorFrom({ stems: "parts" })).toBe("stems");
    expect(separatorFrom({ stems: "parts", separator: "dsp" })).toBe("dsp");
    expect(separatorFrom({ separator: "dsp" })).toBe("dsp");
  });

  it.each(["spleeter", "stems", ""])(
    "refuses %j with a list of the installed ones",
    (separator) => {
      expect(() => separatorFrom({ separator })).toThrow(
        `--separator must be one of dsp, not "${separator}"`,
      );
    },
  );
});
