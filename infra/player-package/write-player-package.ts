import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRepository } from "../stack/repository.ts";

const ENTRY = "lemons-player.js";
/** Addresses of other built files, as they stand in built files. */
const REFERENCE = /["'`](?:\.\/)?(?:player\/)?([\w-]+-[\w-]{8}\.(?:js|wasm))["'`]/g;

const README = `# @lemons/player

\`<lemons-player>\`: an explanation of a music recommendation that can be seen, heard and changed.

    import "@lemons/player";

    <lemons-player service="https://your-lemons.example" explanation="4f0c…-91ab…"></lemons-player>

Attributes, properties, events and looks are documented at docs/player.md of LEMONS. MIT.
`;

const TYPES = `/** The element; its properties are documented at docs/player.md of LEMONS. */
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

/** Lists the entry and everything it loads, as paths in the folder of built files. */
async function filesOf(assets: string): Promise<string[]> {
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
 * Writes the player as a package for npm: the element, what it loads later, and its types.
 *
 * @param folder is replaced
 * @throws Error if the player is not built
 */
export async function writePlayerPackage(folder: string): Promise<void> {
  const assets = inRepository("edge", "assets");
  const { version, license } = JSON.parse(await readFile(inRepository("package.json"), "utf8")) as {
    version: string;
    license: string;
  };
  const files = await filesOf(assets);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "player"), { recursive: true });
  for (const file of files) await copyFile(path.join(assets, file), path.join(folder, file));
  await copyFile(inRepository("LICENSE"), path.join(folder, "LICENSE"));
  await writeFile(path.join(folder, "README.md"), README);
  await writeFile(path.join(folder, "lemons-player.d.ts"), TYPES);
  const manifest = {
    name: "@lemons/player",
    version,
    description: "An explanation of a music recommendation, to be seen, heard and changed",
    license,
    type: "module",
    exports: { ".": { types: "./lemons-player.d.ts", default: `./${ENTRY}` } },
    sideEffects: true,
    files: [ENTRY, "lemons-player.d.ts", "player"],
  };
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
