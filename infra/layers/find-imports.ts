import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "vite";

/** One import of a file, relative to the repository's root. */
export interface Import {
  from: string;
  /** Another of our own files, relative to the root, or the name of a package. */
  to: string;
  isPackage: boolean;
  /** Named by a URL and started as a thread or read as data, not imported. */
  isUrl: boolean;
}

const OWN_PACKAGE = /^@lemons\/(shared|edge|gpu-worker|research)\/(.+)$/;
/** Workspaces that don't lie in a folder of their name. */
const FOLDERS: Readonly<Record<string, string>> = { research: "gpu-worker/research" };

/**
 * Lists a file's imports, type-only, dynamic and re-exporting ones included.
 *
 * @param root of the repository
 * @param file relative to it
 * @throws Error naming the file if it can't be parsed
 */
export function findImports(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.flatMap(
      ({ moduleRequest: { start, end } }) =>
        /^["'`](.+)["'`]$/.exec(text.slice(start, end))?.[1] ?? [],
    ),
  ];
  const urls = [...text.matchAll(/new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url/g)];
  return [
    ...[...new Set(specifiers)].map((specifier) => importOf(file, specifier, false)),
    ...urls.map((match) => importOf(file, match[1]!, true)),
  ];
}

function importOf(file: string, specifier: string, isUrl: boolean): Import {
  const own = OWN_PACKAGE.exec(specifier);
  if (own) {
    const folder = FOLDERS[own[1]!] ?? own[1];
    return { from: file, to: `${folder}/${own[2]}.ts`, isPackage: false, isUrl };
  }
  const isPackage = !specifier.startsWith(".");
  const to = isPackage ? specifier : normalize(join(dirname(file), specifier));
  return { from: file, to, isPackage, isUrl };
}
