import { t } from "./words.ts";

/**
 * Replaces one region of the page by its newest state: asks the server for the whole page and takes
 * the element of the same id. The server stays the only place that renders data.
 *
 * @returns the new element, in the page
 * @throws Error in words for the reader where the page cannot be had
 */
export async function swapRegion(id: string, signal: AbortSignal): Promise<Element> {
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
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(id);
  const stale = document.getElementById(id);
  if (!response.ok || fresh === null || stale === null) {
    throw new Error(t("problem.status", { status: response.status }));
  }
  signal.throwIfAborted();
  const adopted = document.adoptNode(fresh);
  stale.replaceWith(adopted);
  return adopted;
}
