import { homedir } from "node:os";
import { join } from "node:path";

/** Folder in which decoded audio is kept: inside of `LEMONS_CACHE`, else of the user's cache folder. */
export function audioCache(environment: Record<string, string | undefined>): string {
  const { LEMONS_CACHE, XDG_CACHE_HOME } = environment;
  if (LEMONS_CACHE) return join(LEMONS_CACHE, "audio");
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "lemons", "audio");
}
