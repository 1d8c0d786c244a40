import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { GateGrid } from "@lemons/shared/explanation/components";
import type { WeightDirection } from "@lemons/shared/explanation/scales";
import type { Locale } from "../texts/locale.ts";
import type { Measure, WhatIfState } from "../what-if/explanation-store.ts";
import { type PartState, stateOfPart } from "../what-if/selection.ts";

/** One part of the current view. */
export interface PartCell {
  part: number;
  label: string;
  state: PartState;
  /** Its weight or Shapley value; null until it is known. */
  value: number | null;
  direction: WeightDirection;
  /** Magnitude relative to the largest value of the view, 0 to 5. */
  step: number;
}

/** A header of the grid; it stands for all parts of its row or column. */
export interface GridHeader {
  label: string;
  /** Label for narrow columns. */
  short: string;
  state: PartState;
  /** The part that the header toggles; null toggles the whole track. */
  toggles: { view: ExplanationType; part: number } | null;
}

/** A row of parts. */
export interface GridRow {
  header: GridHeader;
  /** The source; null in the view by time. */
  source: string | null;
  cells: readonly PartCell[];
}

/** Layout of the parts of a view. */
export interface PartGrid {
  corner: GridHeader;
  columns: readonly GridHeader[];
  rows: readonly GridRow[];
}

const STEPS = 5;
/** Smaller values round to 0.000 on the cells. */
const NEGLIGIBLE = 0.0005;

/** Returns the values of a measure by part; null until they are known. */
export function valuesOf(
  { values }: Pick<WhatIfState, "values">,
  measure: Measure,
): readonly number[] | null {
  if (values === null) return null;
  return measure === "weight" ? values.weights : values.shapley;
}

/** Returns the direction of a value; values that round to 0 have none. */
export function directionOf(value: number): WeightDirection {
  if (Math.abs(value) < NEGLIGIBLE) return "none";
  return value > 0 ? "for" : "against";
}

/** Returns the name of a part in a view: `drums, 0–12 s`. */
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
 * Returns the name of a set of parts, grouped by source, with adjoining segments merged:
 * `drums, 0–12 s and 18–24 s; bass, 0–6 s`.
 *
 * @param parts in ascending order
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
    const spans: { startSeconds: number; endSeconds: number; last: number }[] = [];
    for (const part of own) {
      const segment = Math.floor(part / width);
      const { startSeconds, endSeconds } = segments[segment]!;
      const before = spans.at(-1);
      if (before?.last === segment - 1) Object.assign(before, { endSeconds, last: segment });
      else spans.push({ startSeconds, endSeconds, last: segment });
    }
    const time = locale.list(spans.map(locale.time), ", ");
    return view === "time"
      ? time
      : t("part.both", { source: locale.source(sources[source]!), time });
  });
  return phrases.join("; ");
}

/** Lays out the parts of the current view: a row per source, a column per segment. */
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
