import "../component/lemons-player.ts";
import { createExplanationApi } from "../api/explanation-api.ts";
import type { LemonsPlayer } from "../component/lemons-player.ts";
import { isView } from "../what-if/address.ts";
import { swapRegions } from "./swap-regions.ts";

/** Ids of the elements that depend on the type. The player between them keeps playing. */
const REGIONS = ["explanation-types", "explanation-words", "explanation-details"];

/**
 * Changes the view of the player in place when a link to another type is clicked: one response table
 * covers all three types. If that fails, the link loads the page.
 */
async function switchType(event: MouseEvent): Promise<void> {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link =
    event.target instanceof Element && event.target.closest<HTMLAnchorElement>(".types a");
  const player = document.querySelector("lemons-player");
  if (!link || player === null) return;
  const view = link.dataset.view ?? null;
  const shown = player.shown;
  if (!isView(view) || shown === null || !player.canShow(view)) return;
  event.preventDefault();
  player.view = view;
  history.replaceState(history.state, "", `${link.pathname}${link.search}${location.hash}`);
  const { signal } = new AbortController();
  try {
    // The response table exists, so the server computes this at once.
    const { listener, track } = shown;
    const job = await createExplanationApi({ listener, track, type: view }).request(signal);
    if (job !== null) throw new Error("The explanation is still being computed");
    await swapRegions(REGIONS, signal);
    document.querySelector<HTMLElement>(`.types a[data-view="${view}"]`)?.focus();
  } catch {
    // The page itself shows the error or the progress.
    location.assign(link.href);
  }
}

document.addEventListener("click", (event) => void switchType(event));

/**
 * Keeps the players of a comparison on the same selection and view.
 */
function syncPlayers(event: Event): void {
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

document.addEventListener("lemons-select", syncPlayers);
document.addEventListener("lemons-view", syncPlayers);
