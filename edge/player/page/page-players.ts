import "../component/lemons-player.ts";
import { createExplanationApi } from "../api/explanation-api.ts";
import { isView } from "../component/address.ts";
import { swapRegions } from "./swap-regions.ts";

/** Ids of what the server renders anew for another type; the player between them plays on. */
const REGIONS = ["explanation-types", "explanation-words", "explanation-details"];

/**
 * Lets the links between types change the view of the player that is there, instead of loading a page:
 * one response table answers all three types. Links stay links where that cannot be.
 */
async function onClick(event: MouseEvent): Promise<void> {
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
    // With the table that the player has, it is there at once.
    const { listener, track } = shown;
    const job = await createExplanationApi({ listener, track, type: view }).request(signal);
    if (job !== null) throw new Error("it is not there yet");
    await swapRegions(REGIONS, signal);
    document.querySelector<HTMLElement>(`.types a[data-view="${view}"]`)?.focus();
  } catch {
    // A page of its own says better what half of one cannot.
    location.assign(link.href);
  }
}

document.addEventListener("click", (event) => void onClick(event));
