import fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    propertySeed: number;
  }
}

// The suite says the same of the same code every time; other seeds look for what it has missed.
fc.configureGlobal({ seed: inject("propertySeed") });
