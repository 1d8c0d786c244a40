import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { GateGrid } from "@lemons/shared/explanation/components";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { type FoldedTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { createStore, type Store } from "../store.ts";
import { describeError, type Message } from "../texts/translate.ts";
import { countMasks, gatesOfTable, type MaskCounter } from "./count-masks.ts";
import { type PartValues, publishedValues, refittedValues } from "./part-values.ts";
import {
  allButParts,
  type Gates,
  isWholeTrack,
  onlyParts,
  sameGates,
  togglePart,
  wholeTrack,
} from "./selection.ts";

/** Shown value of a part: its weight in the local fit, or its Shapley value. */
export type Measure = "weight" | "shapley";

/** Loading state of the table or of the count. */
export type Loading =
  | { phase: "idle" }
  | { phase: "loading"; fraction: number }
  | { phase: "ready" }
  /** The explanation was sampled, so it has no table. */
  | { phase: "missing" }
  | { phase: "error"; problem: Message };

/** State of the what-if panel. */
export interface WhatIfState {
  view: ExplanationType;
  measure: Measure;
  kernelWidth: number;
  gates: Gates;
  /** Relevance of the selection, 0 to 1; null until it is known. */
  relevance: number | null;
  /** Values of the view at the kernel width; null until they are known. */
  values: PartValues | null;
  /** The response table, which scores every selection. */
  table: Loading;
  /** The count of all masks of the view, which other kernel widths need. */
  counting: Loading;
}

/** An explanation, and how to load and count what it leaves out. */
export interface WhatIfSources {
  explanation: PublishedExplanation;
  /** Loads the response table; null if the explanation has none. */
  loadTable(signal: AbortSignal): Promise<FoldedTable | null>;
  countElsewhere: MaskCounter;
  /** Ends pending loads and counts. */
  signal: AbortSignal;
}

/** Store of one explanation: view, selection, kernel width and the scores they lead to. */
export interface WhatIfStore extends Pick<Store<WhatIfState>, "get" | "subscribe"> {
  readonly explanation: PublishedExplanation;
  /** Returns the grid of a view, the current one by default. */
  grid(view?: ExplanationType): GateGrid;
  /** Returns true for the published view, and for others whose parts the table has. */
  canShow(view: ExplanationType): boolean;
  /** Loads the table ahead of the next change; retries after an error. */
  prepare(): Promise<void>;
  select(gates: Gates): void;
  /** @param part of the view, the current one by default */
  toggle(part: number, view?: ExplanationType): void;
  reset(): void;
  selectSmallestKeeping(): void;
  selectSmallestLosing(): void;
  setView(view: ExplanationType): void;
  setMeasure(measure: Measure): void;
  /** @param kernelWidth > 0 */
  setKernelWidth(kernelWidth: number): void;
}

/** Creates the store of an explanation, starting with the published state. */
export function createExplanationStore(sources: WhatIfSources): WhatIfStore {
  const { explanation, signal } = sources;
  const size = {
    segments: explanation.segments.length,
    sources: explanation.separation.sources.length,
  };
  const isCounted = explanation.neighbourhood.kind === "exhaustive";
  const published = publishedValues(explanation);
  const statistics = new Map<ExplanationType, MaskStatistics>();
  const pending = new Map<ExplanationType, Promise<void>>();
  let folded: FoldedTable | null = null;
  let loading: Promise<void> | null = null;

  const store = createStore<WhatIfState>({
    view: explanation.type,
    measure: "weight",
    kernelWidth: explanation.kernelWidth,
    gates: wholeTrack(size),
    relevance: explanation.relevance,
    values: published,
    table: isCounted ? { phase: "idle" } : { phase: "missing" },
    counting: { phase: "idle" },
  });
  const change = (part: Partial<WhatIfState>) => store.set({ ...store.get(), ...part });
  const grid = (view = store.get().view): GateGrid => ({ type: view, ...size });

  function relevanceOf(gates: Gates): number | null {
    if (isWholeTrack(gates)) return explanation.relevance;
    return folded && sigmoid(logitOfMask(folded, gatesOfTable(gates, size, folded)));
  }

  function valuesOf({ view, kernelWidth }: Pick<WhatIfState, "view" | "kernelWidth">) {
    if (view === explanation.type && kernelWidth === explanation.kernelWidth) return published;
    const counted = statistics.get(view);
    return counted ? refittedValues(explanation, counted, kernelWidth) : null;
  }

  function canShow(view: ExplanationType): boolean {
    if (view === explanation.type) return true;
    if (store.get().table.phase === "missing") return false;
    return (view === "source" || size.segments > 1) && (view === "time" || size.sources > 1);
  }

  async function load(): Promise<void> {
    change({ table: { phase: "loading", fraction: 0 } });
    try {
      folded = await sources.loadTable(signal);
      if (signal.aborted) return;
      change({
        table: { phase: folded ? "ready" : "missing" },
        relevance: relevanceOf(store.get().gates),
      });
    } catch (error) {
      if (!signal.aborted) change({ table: { phase: "error", problem: describeError(error) } });
    }
  }

  function prepare(): Promise<void> {
    const { phase } = store.get().table;
    if (phase === "ready" || phase === "missing") return Promise.resolve();
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function count(view: ExplanationType): Promise<void> {
    await prepare();
    if (folded === null || signal.aborted) return;
    const report = (counting: Loading) => {
      if (store.get().view === view) change({ counting });
    };
    report({ phase: "loading", fraction: 0 });
    try {
      const counted = await countMasks(
        folded,
        grid(view),
        sources.countElsewhere,
        (fraction) => report({ phase: "loading", fraction }),
        signal,
      );
      statistics.set(view, counted);
      report({ phase: "ready" });
      change({ values: valuesOf(store.get()) });
    } catch (error) {
      if (!signal.aborted) report({ phase: "error", problem: describeError(error) });
    }
  }

  /** Shows the known values of a view and kernel width, and counts what is missing. */
  function show(wanted: Partial<Pick<WhatIfState, "view" | "kernelWidth">>): void {
    const before = store.get();
    const { view, kernelWidth } = { ...before, ...wanted };
    const found = valuesOf({ view, kernelWidth });
    const isKnown = found !== null;
    // Until the count ends, keep the weights of the previous width, but not those of another view.
    const values = found ?? (view === before.view ? before.values : null);
    const counting: Loading =
      isKnown || !pending.has(view) ? { phase: isKnown ? "ready" : "idle" } : before.counting;
    change({ view, kernelWidth, values, counting });
    if (isKnown || pending.has(view)) return;
    pending.set(
      view,
      count(view).finally(() => pending.delete(view)),
    );
  }

  function select(gates: Gates): void {
    if (sameGates(gates, store.get().gates)) return;
    change({ gates, relevance: relevanceOf(gates) });
    if (store.get().relevance === null) void prepare();
  }

  return {
    explanation,
    get: store.get,
    subscribe: store.subscribe,
    grid,
    canShow,
    prepare,
    select,
    toggle(part, view) {
      select(togglePart(store.get().gates, part, grid(view)));
    },
    reset() {
      select(wholeTrack(size));
    },
    selectSmallestKeeping() {
      const set = store.get().values?.sufficient;
      if (set) select(onlyParts(set.components, grid()));
    },
    selectSmallestLosing() {
      const set = store.get().values?.necessary;
      if (set) select(allButParts(set.components, grid()));
    },
    setView(view) {
      if (view !== store.get().view && canShow(view)) show({ view });
    },
    setMeasure(measure) {
      change({ measure });
    },
    setKernelWidth(kernelWidth) {
      if (kernelWidth !== store.get().kernelWidth) show({ kernelWidth });
    },
  };
}
