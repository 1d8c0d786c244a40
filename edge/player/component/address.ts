import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import {
  formatSelection,
  parseSelection,
  readFragment,
  writeFragment,
} from "../what-if/address.ts";
import type { WhatIfStore } from "../what-if/explanation-store.ts";
import { isWholeTrack } from "../what-if/selection.ts";

const VIEWS: readonly string[] = ["time", "source", "time+source"] satisfies ExplanationType[];

/** Whether a text names a view. */
export function isView(text: string | null): text is ExplanationType {
  return text !== null && VIEWS.includes(text);
}

/** Takes view, kernel width and selection over from an address's fragment, as far as it has them. */
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

/** The fragment that {@link readAddress} reads; what is as published is left out. */
export function addressOf(fragment: string, { explanation, get, grid }: WhatIfStore): string {
  const { view, kernelWidth, gates, measure } = get();
  return writeFragment(fragment, {
    view: view === explanation.type ? null : view,
    kernel: kernelWidth === explanation.kernelWidth ? null : String(kernelWidth),
    values: measure === "weight" ? null : measure,
    parts: isWholeTrack(gates) ? null : formatSelection(gates, grid()),
  });
}
