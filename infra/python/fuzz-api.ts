import { inRepository } from "../stack/repository.ts";
import { runPython } from "./child.ts";

/** The phases of Schemathesis: our examples, values at every bound, generated ones, sequences of requests. */
export const FUZZ_PHASES = ["examples", "coverage", "fuzzing", "stateful"] as const;
export type FuzzPhase = (typeof FUZZ_PHASES)[number];

/** One run of Schemathesis over the running service. */
export interface ApiFuzz {
  origin: string;
  /** Value of the Authorization header; left out, requests carry no key. */
  authorization?: string | undefined;
  phases: readonly FuzzPhase[];
  /** Requests generated for each operation, or sequences. */
  examples: number;
  seed: number;
}

const RUN = "from schemathesis.cli import schemathesis; schemathesis()";

/**
 * Checks a running service against its own OpenAPI document, with every check of Schemathesis.
 *
 * @returns what Schemathesis reports
 * @throws Error with that report if a response differs from the document
 */
export function fuzzApi(run: ApiFuzz, cwd: string, signal?: AbortSignal): Promise<string> {
  return runPython(
    [
      ...["-c", RUN, "--config-file", inRepository("infra", "python", "schemathesis.toml")],
      ...["--no-color", "run", `${run.origin}/openapi.json`, "--checks", "all"],
      ...["--phases", run.phases.join(","), "--max-examples", String(run.examples)],
      ...["--seed", String(run.seed)],
      ...(run.authorization === undefined
        ? []
        : ["--header", `Authorization: ${run.authorization}`]),
    ],
    cwd,
    signal,
  );
}
