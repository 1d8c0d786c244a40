import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { GateGrid } from "@lemons/shared/explanation/components";
import type { WhatIfStore } from "./explanation-store.ts";
import { type Gates, isWholeTrack, wholeTrack } from "./selection.ts";

type Grid = Pick<GateGrid, "segments" | "sources">;

const HEX = /^[0-9a-f]{1,4}$/;

/**
 * Formats a selection for addresses: the sources of each segment as a hexadecimal bit mask, with the
 * first source as the lowest bit. In `1f.1f.4.0.1f` only the third source plays in the third of five
 * segments, and none in the fourth.
 */
export function formatSelection(gates: Gates, { segments, sources }: Grid): string {
  return Array.from({ length: segments }, (_, segment) => {
    let bits = 0;
    for (let source = 0; source < sources; source++) {
      bits |= gates[segment * sources + source]! << source;
    }
    return bits.toString(16);
  }).join(".");
}

/**
 * Parses a selection formatted by {@link formatSelection}.
 *
 * @returns null if the text isn't a selection of this grid
 */
export function parseSelection(text: string, grid: Grid): Gates | null {
  const numbers = text.split(".");
  if (numbers.length !== grid.segments || !numbers.every((number) => HEX.test(number))) return null;
  const gates = wholeTrack(grid);
  for (const [segment, number] of numbers.entries()) {
    const bits = Number.parseInt(number, 16);
    if (bits >= 2 ** grid.sources) return null;
    for (let source = 0; source < grid.sources; source++) {
      gates[segment * grid.sources + source] = (bits >> source) & 1;
    }
  }
  return gates;
}

/**
 * Returns the value of a key in a fragment, or null. Unlike in a query, `+` stands for itself:
 * `view=time+source`.
 *
 * @param fragment with or without `#`
 */
export function readFragment(fragment: string, key: string): string | null {
  return pairsOf(fragment).get(key) ?? null;
}

/**
 * Returns a fragment with some values replaced; null removes a key. Other keys stay, a plain anchor
 * doesn't.
 *
 * @returns the fragment without `#`, empty if no key is left
 */
export function writeFragment(
  fragment: string,
  values: Readonly<Record<string, string | null>>,
): string {
  const pairs = pairsOf(fragment);
  for (const [key, value] of Object.entries(values)) {
    if (value === null) pairs.delete(key);
    else pairs.set(key, value);
  }
  return Array.from(pairs, ([key, value]) => `${key}=${value}`).join("&");
}

function pairsOf(fragment: string): Map<string, string> {
  const pairs = fragment.replace(/^#/, "").split("&");
  return new Map(
    pairs.flatMap((pair) => {
      const at = pair.indexOf("=");
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)] as const] : [];
    }),
  );
}

const VIEWS: readonly string[] = ["time", "source", "time+source"] satisfies ExplanationType[];

/** Returns true if a text is the name of a view. */
export function isView(text: string | null): text is ExplanationType {
  return text !== null && VIEWS.includes(text);
}

/** Applies the view, kernel width, measure and selection of a fragment; ignores what is invalid. */
export function readAddress(fragment: string, whatIf: WhatIfStore): void {
  const view = readFragment(fragment, "view");
  if (isView(view)) whatIf.setView(view);
  const kernelWidth = Number(readFragment(fragment, "kernel") ?? Number.NaN);
  if (kernelWidth >= 0.01 && kernelWidth <= 10) whatIf.setKernelWidth(kernelWidth);
  if (readFragment(fragment, "values") === "shapley") whatIf.setMeasure("shapley");
  const selection = readFragment(fragment, "parts");
  const gates = selection === null ? null : parseSelection(selection, whatIf.grid());
  if (gates !== null) whatIf.select(gates);
}

/** Returns the fragment that {@link readAddress} reads, without the values as published. */
export function addressOf(fragment: string, { explanation, get, grid }: WhatIfStore): string {
  const { view, kernelWidth, gates, measure } = get();
  return writeFragment(fragment, {
    view: view === explanation.type ? null : view,
    kernel: kernelWidth === explanation.kernelWidth ? null : String(kernelWidth),
    values: measure === "weight" ? null : measure,
    parts: isWholeTrack(gates) ? null : formatSelection(gates, grid()),
  });
}
