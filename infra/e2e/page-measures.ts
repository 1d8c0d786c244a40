import type { Page } from "playwright-core";

/** One response that a page requested. */
export interface Download {
  url: string;
  /** As the browser calls it: `Document`, `Script`, `Stylesheet`, `Fetch`, … */
  kind: string;
  status: number;
  /** Over the wire, headers included. */
  bytes: number;
  /** By lower case names. */
  headers: Readonly<Record<string, string>>;
}

/** Lists a page's requests from now on; sizes are filled in as responses arrive. */
export async function watchDownloads(page: Page): Promise<readonly Download[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const downloads = new Map<string, Download>();
  const inOrder: Download[] = [];
  session.on("Network.responseReceived", ({ requestId, response, type }) => {
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const download = { url: response.url, kind: type, status: response.status, bytes: 0, headers };
    downloads.set(requestId, download);
    inOrder.push(download);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const download = downloads.get(requestId);
    if (download) download.bytes = encodedDataLength;
  });
  return inOrder;
}

type Watching = typeof globalThis & { shifts: number; largest: { text: string } | null };
type LayoutShift = PerformanceEntry & { value: number; hadRecentInput: boolean };
type LargestPaint = PerformanceEntry & { element: Element | null };

/** Records paints and layout shifts of pages opened from now on, for {@link measurePage}. */
export async function watchPaints(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watching = globalThis as Watching;
    watching.shifts = 0;
    watching.largest = null;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries() as LayoutShift[]) {
        if (!hadRecentInput) watching.shifts += value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      const last = list.getEntries().at(-1) as LargestPaint | undefined;
      if (last) watching.largest = { text: last.element?.textContent?.trim() ?? "" };
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
}

/** Measures of a settled page. */
export interface PageMeasures {
  /** Sum of all layout shifts without user input. */
  shifts: number;
  /** The largest contentful paint; its text is unknown inside shadow trees. */
  largest: { text: string } | null;
  title: string;
  description: string | null;
  language: string;
  /** Levels of the headings in reading order. */
  headings: number[];
  /** Pictures and frames without a width and height. */
  unsizedPictures: string[];
  /** Targets smaller than 24 px, except links within a sentence. */
  smallTargets: string[];
  /** Paths of render-blocking requests. */
  blocking: string[];
}

/** Measures a settled page. */
export function measurePage(page: Page): Promise<PageMeasures> {
  return page.evaluate(() => {
    /** Lists every element in reading order: shadow trees in place of their hosts, slots filled. */
    function* deep(root: ParentNode): Generator<Element> {
      for (const element of root.children) {
        yield element;
        const slotted = element instanceof HTMLSlotElement ? element.assignedElements() : [];
        for (const each of slotted) {
          yield each;
          yield* deep(each);
        }
        if (slotted.length === 0) yield* deep(element.shadowRoot ?? element);
      }
    }
    const least = 24;
    const shown = [...deep(document)].filter((element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: false }),
    );
    const describe = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return `${Math.round(width)} x ${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`;
    };
    const isInline = (node: Node) =>
      node.nodeType === Node.TEXT_NODE ||
      (node instanceof Element && getComputedStyle(node).display === "inline");
    /** A link that stands in running text may be as small as its text (WCAG 2.5.8). */
    const isInSentence = (element: Element): boolean => {
      if (!isInline(element) || element.parentElement === null) return false;
      const others = [...element.parentElement.childNodes].filter((node) => node !== element);
      const hasText = others.some((node) => isInline(node) && node.textContent?.trim() !== "");
      return hasText || isInSentence(element.parentElement);
    };
    const isSmall = (element: Element) => {
      // Pressing a label presses its control.
      const target = element.matches("input") ? (element.closest("label") ?? element) : element;
      const { width, height, right, bottom } = target.getBoundingClientRect();
      // Skip links wait outside of the page, and some text is for screen readers only.
      const isAway = right <= 0 || bottom + scrollY <= 0 || width <= 1;
      return !isAway && (width < least || height < least);
    };
    const { shifts, largest } = globalThis as Watching;
    const resources = performance.getEntriesByType("resource") as (PerformanceResourceTiming & {
      renderBlockingStatus?: string;
    })[];
    return {
      shifts,
      largest,
      title: document.title,
      description:
        document.querySelector<HTMLMetaElement>("meta[name=description]")?.content ?? null,
      language: document.documentElement.lang,
      headings: shown
        .filter(({ tagName }) => /^H[1-6]$/.test(tagName))
        .map(({ tagName }) => Number(tagName[1])),
      unsizedPictures: shown
        .filter((element) => element.matches(":is(img, iframe):not([width][height])"))
        .map(describe),
      smallTargets: shown
        .filter((element) =>
          element.matches("a[href], button, input, select, textarea, summary, [role=gridcell]"),
        )
        .filter((element) => isSmall(element) && !(element.matches("a") && isInSentence(element)))
        .map(describe),
      blocking: resources
        .filter(({ renderBlockingStatus }) => renderBlockingStatus === "blocking")
        .map(({ name }) => new URL(name).pathname),
    };
  });
}

/** Elements that stick out to the right and make the page scroll there. */
export function horizontalOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

/** Spaces text as readers may (WCAG 1.4.12), in shadow trees too. */
export async function spaceText(page: Page): Promise<void> {
  await page.evaluate(() => {
    const rules = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`;
    const spaced = (root: Document | ShadowRoot) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) spaced(element.shadowRoot);
      }
    };
    spaced(document);
  });
}
