import path from "node:path";
import { fileURLToPath } from "node:url";
import { execaSync } from "execa";

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Absolute path of something in the repository. */
export function inRepository(...parts: string[]): string {
  return path.join(ROOT, ...parts);
}

/**
 * Lists the repository's files, those that git doesn't track yet included.
 *
 * @param folders lists only what is in them
 * @returns paths relative to the root
 */
export function listFiles(folders: readonly string[] = []): string[] {
  const { stdout } = execaSync("git", ["ls-files", "-co", "--exclude-standard", ...folders], {
    cwd: ROOT,
    lines: true,
  });
  return stdout;
}

/** Path of a package's executable script, run by the pinned Node. */
export const WRANGLER = inRepository("node_modules", "wrangler", "bin", "wrangler.js");
export const VITE = inRepository("node_modules", "vite", "bin", "vite.js");
export const VITEST = inRepository("node_modules", "vitest", "vitest.mjs");
