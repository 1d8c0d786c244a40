/** The gallery: a player in every state it can be in, with music and numbers made up here. */
import type { LemonsPlayer } from "../component/lemons-player.ts";
import "../component/lemons-player.ts";
import { countOnThread } from "../what-if/counting-client.ts";
import { EXAMPLES, exampleApi } from "./gallery-examples.ts";

const never = new AbortController().signal;

for (const player of document.querySelectorAll<LemonsPlayer>("lemons-player[data-example]")) {
  const shape = EXAMPLES[player.getAttribute("data-example") ?? ""];
  if (shape !== undefined) {
    player.api = exampleApi(shape, (table) => countOnThread(table, () => {}, never));
  }
}
