import type { Browser } from "playwright-core";
import type { Stack } from "../stack/stack.ts";

/** The stack and the browser, shared by all scenarios since both take seconds to start. */
export interface Demo {
  stack: Stack;
  browser: Browser;
  /** Folder of the stack's state. */
  persistTo: string;
}
