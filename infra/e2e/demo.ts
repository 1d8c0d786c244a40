import type { Browser } from "playwright-core";
import type { Stack } from "../stack/stack.ts";

/** What every scenario works with; the stack and the browser are shared, since both take seconds. */
export interface Demo {
  stack: Stack;
  browser: Browser;
  /** Where the stack keeps its state. */
  persistTo: string;
}
