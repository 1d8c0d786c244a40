/** `npm run player:pack`: the player as a package, ready for `npm publish` or any other registry. */
import { buildPlayer } from "../stack/build-player.ts";
import { inRepository } from "../stack/repository.ts";
import { writePlayerPackage } from "./write-player-package.ts";

const folder = inRepository("build", "lemons-player");
await buildPlayer();
await writePlayerPackage(folder);
process.stdout.write(`The package is in ${folder}; \`npm pack\` there makes a file of it.\n`);
