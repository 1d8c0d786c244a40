import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "vite";

/** One import of one of our own files by another; both relative to the repository's root. */
export interface OwnImport {
  from: string;
  to: string;
}

const OWN_PACKAGE = /^@lemons\/(shared|edge|gpu-worker|research)\/(.+)$/;
const FOLDERS: Readonly<Record<string, string>> = { research: "gpu-worker/research" };

/**
 * Lists a file's imports of our own files, type-only, dynamic and re-exporting ones included.
 *
 * @param root of the repository
 * @param file relative to it
 * @throws Error naming the file if it can't be parsed
 */
export function findImports(root: string, file: string): OwnImport[] {
  return findSpecifiers(root, file).flatMap((specifier) => {
    const own = OWN_PACKAGE.exec(specifier);
    if (own) return [{ from: file, to: `${FOLDERS[own[1]!] ?? own[1]}/${own[2]}.ts` }];
    return specifier.startsWith(".")
      ? [{ from: file, to: normalize(join(dirname(file), specifier)) }]
      : [];
  });
}

/** Lists the packages of others that a file imports by value: "hono", "@hono/node-server". */
export function findPackages(root: string, file: string): string[] {
  const names = findSpecifiers(root, file, { typeOnly: false }).flatMap(
    (specifier) => /^(?!node:|@lemons\/)(?:@[^/]+\/)?[^./][^/]*/.exec(specifier)?.[0] ?? [],
  );
  return [...new Set(names)];
}

function findSpecifiers(root: string, file: string, { typeOnly = true } = {}): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const specifiers = [
    ...module.staticImports
      .filter(({ entries }) => typeOnly || !isTypeOnly(entries))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.flatMap(
      ({ moduleRequest: { start, end } }) =>
        /^["'`](.+)["'`]$/.exec(text.slice(start, end))?.[1] ?? [],
    ),
    // Worker threads and data files are named by URLs relative to the module.
    ...[...text.matchAll(/new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url/g)].map(
      (match) => match[1]!,
    ),
  ];
  return [...new Set(specifiers)];
}

function isTypeOnly(entries: readonly { isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every(({ isType }) => isType);
}
