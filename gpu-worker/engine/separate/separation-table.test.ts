import { describe, expect, it } from "vitest";
import { formatSeparationTable } from "./separation-table.ts";

describe("formatSeparationTable", () => {
  it("lines up tracks, silence and aggregates", () => {
    const vocals = { source: "vocals", silent: true, leak: -15.66 } as const;
    const drums = {
      source: "drums",
      silent: false,
      siSdr: 2.34,
      siSdrOfMix: -4,
      improvement: 6.34,
    } as const;
    const summary = {
      source: "drums",
      tracks: 1,
      meanSiSdr: 2.34,
      medianSiSdr: 2.34,
      meanImprovement: 6.34,
      medianImprovement: -0.06,
    };
    const table = formatSeparationTable({
      separator: "dsp",
      version: "1",
      tracks: [{ track: "a-song", seconds: 30, sources: [vocals, drums] }],
      summary: [{ ...summary, source: "vocals" }, summary],
    });
    expect(table.split("\n").slice(3, -1)).toEqual([
      "track                              vocals          drums",
      "a-song                       silent -15.7     2.3 (+6.3)",
      "mean                           2.3 (+6.3)     2.3 (+6.3)",
      "median                         2.3 (-0.1)     2.3 (-0.1)",
    ]);
    expect(table).toContain("Separator dsp (version 1), 1 tracks");
  });
});
