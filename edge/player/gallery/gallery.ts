/** Script of the gallery: a player in every state, with music and numbers generated in the page. */
import type { LemonsPlayer } from "../component/lemons-player.ts";
import "../component/lemons-player.ts";
import { languageOf } from "../texts/translate.ts";
import { countOnThread } from "../what-if/counting-client.ts";
import { EXAMPLES, exampleApi } from "./gallery-examples.ts";

const never = new AbortController().signal;
/** `/gallery?lang=de` shows every state in German. */
const lang = new URLSearchParams(location.search).get("lang");

for (const player of document.querySelectorAll<LemonsPlayer>("lemons-player[data-example]")) {
  if (lang !== null) player.lang = languageOf(lang);
  const shape = EXAMPLES[player.getAttribute("data-example") ?? ""];
  if (shape !== undefined) {
    player.api = exampleApi(shape, (table) => countOnThread(table, () => {}, never));
  }
}
