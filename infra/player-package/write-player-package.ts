import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRepository } from "../stack/repository.ts";

const ENTRY = "lemons-player.js";
/** File names of other built files, as string literals in built files. */
const REFERENCE = /["'`](?:\.\/)?(?:player\/)?([\w-]+-[\w-]{8}\.(?:js|wasm))["'`]/g;

const README = `# @lemons/player

\`<lemons-player>\` explains a music recommendation: see, hear and change its parts.

    import "@lemons/player";

    <lemons-player service="https://your-lemons.example" explanation="4f0c…-91ab…"></lemons-player>

Attributes, properties, events and styling: docs/player.md in the LEMONS repository. License: MIT.
`;

const TYPES = `/** The element; docs/player.md in the LEMONS repository documents its properties. */
export declare class LemonsPlayer extends HTMLElement {
  explanation: string | null;
  service: string;
  view: "time" | "source" | "time+source" | null;
  theme: string | null;
  controls: string;
  plain: boolean;
  remember: boolean;
  loop: boolean;
  currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  volume: number;
  muted: boolean;
  loopedSegment: number | null;
  selection: string;
  readonly relevance: number | null;
  readonly shownView: "time" | "source" | "time+source";
  canShow(view: "time" | "source" | "time+source"): boolean;
  play(): Promise<void>;
  pause(): void;
  record(): Promise<Blob>;
  load(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    "lemons-player": LemonsPlayer;
  }
}
`;

/** Returns the entry and all files that it loads, as paths in the folder of built files. */
async function listFiles(assets: string): Promise<string[]> {
  const found = [ENTRY];
  for (const file of found) {
    if (!file.endsWith(".js")) continue;
    const text = await readFile(path.join(assets, file), "utf8");
    for (const [, name] of text.matchAll(REFERENCE)) {
      const next = `player/${name}`;
      if (!found.includes(next)) found.push(next);
    }
  }
  return found;
}

/**
 * Writes the player as an npm package: the element, the files it loads on demand, and its types.
 *
 * @param folder deleted first if it exists
 * @throws Error if the player isn't built
 */
export async function writePlayerPackage(folder: string): Promise<void> {
  const assets = inRepository("edge", "assets");
  const { version, license } = JSON.parse(await readFile(inRepository("package.json"), "utf8")) as {
    version: string;
    license: string;
  };
  const files = await listFiles(assets);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "player"), { recursive: true });
  for (const file of files) await copyFile(path.join(assets, file), path.join(folder, file));
  await copyFile(inRepository("LICENSE"), path.join(folder, "LICENSE"));
  await writeFile(path.join(folder, "README.md"), README);
  await writeFile(path.join(folder, "lemons-player.d.ts"), TYPES);
  const manifest = {
    name: "@lemons/player",
    version,
    description: "Explains a music recommendation: see, hear and change its parts",
    license,
    type: "module",
    exports: { ".": { types: "./lemons-player.d.ts", default: `./${ENTRY}` } },
    sideEffects: true,
    files: [ENTRY, "lemons-player.d.ts", "player"],
  };
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
