import { t } from "../texts/translate.ts";

/**
 * Refreshes regions of the page: fetches the page again and takes over the elements with these ids, so
 * that all data is rendered by the server.
 *
 * @param ids ids of elements in the page
 * @returns the new elements in the order of `ids`
 * @throws Error with a text for the user if the page can't be fetched; nothing is replaced then
 */
export async function swapRegions(ids: readonly string[], signal: AbortSignal): Promise<Element[]> {
  const url = new URL(location.href);
  url.hash = "";
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal, headers: { Accept: "text/html" } });
    text = await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(t("problem.network"), { cause: error });
  }
  const newest = new DOMParser().parseFromString(text, "text/html");
  const pairs = ids.map((id) => ({
    stale: document.getElementById(id),
    fresh: newest.getElementById(id),
  }));
  signal.throwIfAborted();
  if (!response.ok || pairs.some(({ stale, fresh }) => stale === null || fresh === null)) {
    throw new Error(t("problem.status", { status: response.status }));
  }
  return pairs.map(({ stale, fresh }) => {
    const adopted = document.adoptNode(fresh!);
    const focused = focusSelector(stale!);
    stale!.replaceWith(adopted);
    if (focused !== null)
      adopted.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    return adopted;
  });
}

/** Returns a selector of the focused element in a region, to restore the focus after the swap. */
function focusSelector(region: Element): string | null {
  const focused = document.activeElement;
  if (focused === null || !region.contains(focused)) return null;
  if (focused.id !== "") return `#${CSS.escape(focused.id)}`;
  const href = focused.getAttribute("href");
  return href === null ? null : `a[href="${CSS.escape(href)}"]`;
}
