import fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    propertySeed: number;
  }
}

// The suite is deterministic; another seed looks for what it has missed.
fc.configureGlobal({ seed: inject("propertySeed") });
