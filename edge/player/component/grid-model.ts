import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { GateGrid } from "@lemons/shared/explanation/components";
import type { Locale } from "../texts/locale.ts";
import type { Measure, WhatIfState } from "../what-if/explanation-store.ts";
import { type PartState, stateOfPart } from "../what-if/selection.ts";

/** Which way a value speaks. */
export type Direction = "for" | "against" | "none";

/** One part of the current view. */
export interface PartCell {
  part: number;
  label: string;
  state: PartState;
  /** Its weight or Shapley value; null until it is known. */
  value: number | null;
  direction: Direction;
  /** 0 to 5, against the largest value of the view. */
  step: number;
}

/** A header: all parts of a row or a column. */
export interface GridHeader {
  label: string;
  /** For little room. */
  short: string;
  state: PartState;
  /** Which part of which view it stands for; null where it stands for everything. */
  toggles: { view: ExplanationType; part: number } | null;
}

/** A row of parts. */
export interface GridRow {
  header: GridHeader;
  /** The source, or null where all sources are one. */
  source: string | null;
  cells: readonly PartCell[];
}

/** The parts of a view as they are laid out. */
export interface PartGrid {
  corner: GridHeader;
  columns: readonly GridHeader[];
  rows: readonly GridRow[];
}

const STEPS = 5;
/** What the numbers on the cells cannot show either. */
const NEGLIGIBLE = 0.0005;

/** The values that a measure shows, by part; null until they are known. */
export function valuesOf(
  { values }: Pick<WhatIfState, "values">,
  measure: Measure,
): readonly number[] | null {
  if (values === null) return null;
  return measure === "weight" ? values.weights : values.shapley;
}

/** Which way a value speaks; values that round to nothing say nothing. */
export function directionOf(value: number): Direction {
  if (Math.abs(value) < NEGLIGIBLE) return "none";
  return value > 0 ? "for" : "against";
}

/** What a part is called in a view. */
export function labelOfPart(
  part: number,
  view: ExplanationType,
  { segments, separation: { sources } }: PublishedExplanation,
  locale: Locale,
): string {
  switch (view) {
    case "time":
      return locale.time(segments[part]!);
    case "source":
      return locale.source(sources[part]!);
    case "time+source":
      return locale.t("part.both", {
        source: locale.source(sources[part % sources.length]!),
        time: locale.time(segments[Math.floor(part / sources.length)]!),
      });
  }
}

/**
 * What a set of parts is called, where the order means nothing: by source, with stretches of time that
 * adjoin as one: `drums, 0–12 s and 18–24 s; bass, 0–6 s`.
 *
 * @param parts rising
 */
export function labelOfParts(
  parts: readonly number[],
  view: ExplanationType,
  explanation: PublishedExplanation,
  locale: Locale,
): string {
  const { segments, separation } = explanation;
  const { sources } = separation;
  const { t } = locale;
  if (view === "source") return locale.list(parts.map((part) => locale.source(sources[part]!)));
  const width = view === "time" ? 1 : sources.length;
  const bySource = Map.groupBy(parts, (part) => part % width);
  const phrases = Array.from(bySource, ([source, own]) => {
    const stretches: { startSeconds: number; endSeconds: number; last: number }[] = [];
    for (const part of own) {
      const segment = Math.floor(part / width);
      const { startSeconds, endSeconds } = segments[segment]!;
      const before = stretches.at(-1);
      if (before?.last === segment - 1) Object.assign(before, { endSeconds, last: segment });
      else stretches.push({ startSeconds, endSeconds, last: segment });
    }
    const time = locale.list(stretches.map(locale.time), ", ");
    return view === "time"
      ? time
      : t("part.both", { source: locale.source(sources[source]!), time });
  });
  return phrases.join("; ");
}

/** Lays the parts of the current view out: sources downwards, time to the right. */
export function partGridOf(
  explanation: PublishedExplanation,
  state: WhatIfState,
  locale: Locale,
): PartGrid {
  const { segments, separation } = explanation;
  const { sources } = separation;
  const { view, gates, measure } = state;
  const size = { segments: segments.length, sources: sources.length };
  const grid: GateGrid = { type: view, ...size };
  const values = valuesOf(state, measure);
  const largest = Math.max(...(values ?? []).map(Math.abs), NEGLIGIBLE);
  const { t } = locale;

  const cellOf = (part: number): PartCell => {
    const value = values?.[part] ?? null;
    const direction = value === null ? "none" : directionOf(value);
    return {
      part,
      label: labelOfPart(part, view, explanation, locale),
      state: stateOfPart(gates, part, grid),
      value,
      direction,
      step:
        value === null || direction === "none"
          ? 0
          : Math.max(1, Math.round((Math.abs(value) / largest) * STEPS)),
    };
  };
  const headerOf = (
    type: ExplanationType,
    part: number,
    label: string,
    short: string = label,
  ): GridHeader => ({
    label,
    short,
    state: stateOfPart(gates, part, { type, ...size }),
    toggles: { view: type, part },
  });
  const whole = (label: string): GridHeader => ({
    label,
    short: label,
    state: gates.includes(1) ? (gates.includes(0) ? "partly" : "on") : "off",
    toggles: null,
  });

  const columns =
    view === "source"
      ? [
          whole(
            locale.time({
              startSeconds: segments[0]!.startSeconds,
              endSeconds: segments.at(-1)!.endSeconds,
            }),
          ),
        ]
      : segments.map((segment, i) =>
          headerOf("time", i, locale.time(segment), locale.seconds(segment.startSeconds)),
        );
  const rowOf = (header: GridHeader, source: string | null, parts: number[]): GridRow => ({
    header,
    source,
    cells: parts.map(cellOf),
  });
  const rows =
    view === "time"
      ? [rowOf(whole(t("part.whole")), null, [...segments.keys()])]
      : sources.map((source, r) =>
          rowOf(
            headerOf("source", r, locale.source(source)),
            source,
            view === "source" ? [r] : segments.map((_, s) => s * sources.length + r),
          ),
        );
  return { corner: whole(t("part.all")), columns, rows };
}
