import type { Page } from "playwright-core";

/** One answer that a page asked for. */
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

/** Lists what a page asks for from now on; sizes are filled in as answers arrive. */
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

/** Lets {@link measurePage} know how pages came to be that are opened from now on. */
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

/** What can be said of a page that has come to rest. */
export interface PageMeasures {
  /** Sum of all layout shifts that nobody caused. */
  shifts: number;
  /** What was painted largest; its text is unknown inside of shadow trees. */
  largest: { text: string } | null;
  title: string;
  description: string | null;
  language: string;
  /** Levels of the headings, as they are read out. */
  headings: number[];
  /** Pictures and frames that do not say how much room they need. */
  unsizedPictures: string[];
  /** What can be pressed, is smaller than 24 px, and no link within a sentence. */
  smallTargets: string[];
  /** Paths of what holds back the first paint. */
  blocking: string[];
}

/** Measures a page that has come to rest. */
export function measurePage(page: Page): Promise<PageMeasures> {
  return page.evaluate(() => {
    /** Every element as it is read: shadow trees instead of what they are attached to, slots filled. */
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
      // Pressing a label presses what it is of.
      const target = element.matches("input") ? (element.closest("label") ?? element) : element;
      const { width, height, right, bottom } = target.getBoundingClientRect();
      // What waits outside of the page until it has the focus, and what only screen readers find.
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

/** What sticks out of the page to the right, where the page can be scrolled there. */
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
