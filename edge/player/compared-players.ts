import type { LemonsPlayer } from "./component/lemons-player.ts";

/**
 * Keeps the players of a comparison on the same parts: what is selected in one is selected in the
 * others, and so is the view.
 */
function follow(event: Event): void {
  const { target } = event;
  if (!(target instanceof HTMLElement) || !target.matches("lemons-player[data-compared]")) return;
  const changed = target as LemonsPlayer;
  const players = document.querySelectorAll<LemonsPlayer>("lemons-player[data-compared]");
  for (const player of players) {
    if (player === changed || player.shown === null) continue;
    if (event.type === "lemons-view") player.view = changed.shownView;
    else if (player.selection !== changed.selection) player.selection = changed.selection;
  }
}

document.addEventListener("lemons-select", follow);
document.addEventListener("lemons-view", follow);
