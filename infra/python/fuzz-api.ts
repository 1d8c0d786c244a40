import { inRepository } from "../stack/repository.ts";
import { runPython } from "./child.ts";

/** What Schemathesis sends: our examples, values at every bound, made up ones, and sequences of requests. */
export const FUZZ_PHASES = ["examples", "coverage", "fuzzing", "stateful"] as const;
export type FuzzPhase = (typeof FUZZ_PHASES)[number];

/** One run of Schemathesis over the running service. */
export interface ApiFuzz {
  origin: string;
  /** Value of the header; nobody's key where it is left out. */
  authorization?: string | undefined;
  phases: readonly FuzzPhase[];
  /** Requests made up for each operation, or sequences. */
  examples: number;
  seed: number;
}

const RUN = "from schemathesis.cli import schemathesis; schemathesis()";

/**
 * Holds a running service to its own OpenAPI document, with every check of Schemathesis.
 *
 * @returns what Schemathesis reports
 * @throws Error with that report where an answer is not as documented
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
