/** `npm run player:pack`: builds the player and writes it as an npm package. */
import { buildPlayer } from "../stack/build-player.ts";
import { inRepository } from "../stack/repository.ts";
import { writePlayerPackage } from "./write-player-package.ts";

const folder = inRepository("build", "lemons-player");
await buildPlayer();
await writePlayerPackage(folder);
process.stdout.write(
  `Wrote the package to ${folder}. Run \`npm pack\` there to make an archive.\n`,
);
