import { z } from "zod";

/** File in a local state folder while `npm start` serves it. */
export const RUNNING_STACK_FILE = "running.json";

/** The local stack that serves a state folder. */
export const RunningStack = z.object({
  /** Process id of the launcher: a record whose process is gone was left by a crash. */
  pid: z.int().min(1),
  /** Origin of wrangler dev, on loopback. */
  origin: z.url({ protocol: /^http$/ }),
  /** Id of its D1 database, by which wrangler dev's own API names it. */
  databaseId: z.string().min(1),
});
export type RunningStack = z.infer<typeof RunningStack>;
