import type { Progress } from "@lemons/shared/contract/job";
import type { EngineTasks, TaskTypes } from "../engine/compute/messages.ts";
import { startCompute } from "../engine/compute/node/compute.ts";
import { InputError, type InputSubject, UnusableInputError } from "../engine/input-error.ts";
import { readComputeSettings } from "../process/compute-settings.ts";

export type RunHere<Tasks extends TaskTypes> = <Name extends keyof Tasks & string>(
  task: Name,
  input: Tasks[Name]["input"],
  options: {
    onProgress?: (progress: Progress) => void;
    /** The user's names for parts of the input, such as paths; they prefix errors. */
    names?: Partial<Record<InputSubject, string>>;
  },
) => Promise<Tasks[Name]["output"]>;

/**
 * Runs work with a compute thread of its own, so that the main thread stays free to draw and to
 * handle Ctrl-C.
 *
 * @param thread entry of the thread; the engine's own by default
 * @throws InputError if the thread can't use the input
 */
export async function computeHere<Result, Tasks extends TaskTypes = EngineTasks>(
  work: (run: RunHere<Tasks>) => Promise<Result>,
  thread?: URL,
): Promise<Result> {
  const compute = startCompute<Tasks>({
    ...readComputeSettings(process.env),
    ...(thread && { thread }),
  });
  try {
    return await work(async (task, input, { onProgress, names }) => {
      const { signal } = new AbortController();
      try {
        return await compute.run(task, input, { signal, ...(onProgress ? { onProgress } : {}) });
      } catch (error) {
        if (!(error instanceof UnusableInputError)) throw error;
        const name = names?.[error.subject];
        // A reader of folders already names the file.
        const isNamed = !name || error.message.startsWith(name);
        throw new InputError(isNamed ? error.message : `${name}: ${error.message}`, {
          cause: error,
        });
      }
    });
  } finally {
    await compute.close();
  }
}
