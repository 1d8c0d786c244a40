import { availableParallelism } from "node:os";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";

export type Environment = Record<string, string | undefined>;

/** More threads make a forward pass slower. */
const MAX_DEFAULT_THREADS = 16;

/** A variable that is a whole number in a range. */
export const wholeVariable = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);

/** The variables that any computation reads. */
export const ComputeVariables = z.object({
  LEMONS_PROVIDER: z.enum(["cpu", "cuda"], 'must be "cpu" or "cuda"').default("cpu"),
  LEMONS_THREADS: wholeVariable(1, 256).optional(),
  LEMONS_CACHE: z.string().optional(),
});

export interface ComputeSettings {
  provider: "cpu" | "cuda";
  /** Threads of one forward pass; by default one a core, up to 16. */
  threads: number;
  /** Folder that keeps response tables across restarts; null keeps them in memory only. */
  cacheFolder: string | null;
}

export function computeSettings(read: z.infer<typeof ComputeVariables>): ComputeSettings {
  return {
    provider: read.LEMONS_PROVIDER,
    threads: read.LEMONS_THREADS ?? Math.min(MAX_DEFAULT_THREADS, availableParallelism()),
    cacheFolder: read.LEMONS_CACHE ?? null,
  };
}

/**
 * Reads the settings of a computation.
 *
 * @throws InputError that names the first variable that is wrong
 */
export function readComputeSettings(environment: Environment): ComputeSettings {
  return computeSettings(parseEnvironment(ComputeVariables, environment));
}

/**
 * Parses variables by a schema. An empty variable counts as unset.
 *
 * @throws InputError that names the first variable that is missing or wrong
 */
export function parseEnvironment<T extends z.ZodType>(
  schema: T,
  environment: Environment,
): z.infer<T> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${issue.path.join(".")} ${issue.message}`);
}
