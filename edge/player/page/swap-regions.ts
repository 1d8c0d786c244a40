import { t } from "../texts/translate.ts";

/**
 * Replaces regions of the page by their newest state: asks the server for the whole page and takes
 * the elements of the same ids. The server stays the only place that renders data.
 *
 * @param ids of elements that are in the page now
 * @returns the new elements, in the page, in the order of `ids`
 * @throws Error in words for the reader where the page cannot be had; nothing is replaced then
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
    const focused = focusedIn(stale!);
    stale!.replaceWith(adopted);
    if (focused !== null)
      adopted.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    return adopted;
  });
}

/** A selector of what has the focus within a region: whoever is there with the keyboard stays there. */
function focusedIn(region: Element): string | null {
  const focused = document.activeElement;
  if (focused === null || !region.contains(focused)) return null;
  if (focused.id !== "") return `#${CSS.escape(focused.id)}`;
  const href = focused.getAttribute("href");
  return href === null ? null : `a[href="${CSS.escape(href)}"]`;
}
