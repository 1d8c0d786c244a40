import { availableParallelism } from "node:os";
import type { Progress } from "@lemons/shared/contract/job";
import { startCompute } from "../engine/compute/compute.ts";
import type { ComputeKind, ComputeTasks } from "../engine/compute/compute-messages.ts";
import { InputError } from "../engine/input-error.ts";
import { failureOf, type InputSubject } from "../service/failure.ts";
import { readComputeSettings } from "../service/settings.ts";

export type RunHere = <Kind extends ComputeKind>(
  task: Kind,
  input: ComputeTasks[Kind]["input"],
  options: {
    onProgress?: (progress: Progress) => void;
    /** What the input is called where the user knows it by another name: a path. */
    names?: Partial<Record<InputSubject, string>>;
  },
) => Promise<ComputeTasks[Kind]["output"]>;

/**
 * Lends the work a compute thread of its own: the main thread stays free to draw and to hear Ctrl-C.
 *
 * @throws InputError where the thread finds the input unusable
 */
export async function computeHere<T>(work: (run: RunHere) => Promise<T>): Promise<T> {
  const { provider, threads, cacheFolder } = readComputeSettings(process.env);
  const compute = startCompute({
    provider,
    cacheFolder,
    threads: threads ?? Math.min(16, availableParallelism()),
  });
  try {
    return await work(async (task, input, { onProgress, names }) => {
      const { signal } = new AbortController();
      try {
        return await compute.run(task, input, { signal, ...(onProgress ? { onProgress } : {}) });
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind !== "input-unusable") throw error;
        const name = names?.[failure.subject];
        // A reader of folders names the very file.
        const isNamed = !name || failure.reason.startsWith(name);
        throw new InputError(isNamed ? failure.reason : `${name}: ${failure.reason}`, {
          cause: error,
        });
      }
    });
  } finally {
    await compute.close();
  }
}
