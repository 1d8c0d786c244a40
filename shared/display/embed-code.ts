/** Default size of an embedded player, pixels. */
export const DEFAULT_WIDTH = 800;
export const DEFAULT_HEIGHT = 980;
/** Narrower players are more than twice as high as wide. */
export const MIN_WIDTH = 280;
/** Lower frames have no room for the what-if panel, pixels. */
const COMPACT_HEIGHT = 800;

/** Path of the player's script. It never changes, because other sites link to it. */
export const PLAYER_PATH = "/lemons-player.js";

/** Width and height of a frame, pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/** Returns the default frame size, reduced to oEmbed's `maxwidth` and `maxheight`. */
export function frameSize(maxWidth = DEFAULT_WIDTH, maxHeight = DEFAULT_HEIGHT): FrameSize {
  return { width: Math.min(DEFAULT_WIDTH, maxWidth), height: Math.min(DEFAULT_HEIGHT, maxHeight) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

/**
 * Returns the HTML of an iframe that shows a player. Low frames leave out the what-if panel.
 *
 * @param address URL of an embed page, without a fragment
 */
export function frameCode(address: string, title: string, { width, height }: FrameSize): string {
  const compact = `${address.includes("?") ? "&" : "?"}controls=compact`;
  const source = height < COMPACT_HEIGHT ? `${address}${compact}` : address;
  return `<iframe src="${escapeHtml(source)}" width="${width}" height="${height}" title="${escapeHtml(title)}" allow="autoplay" loading="lazy" frameborder="0"></iframe>`;
}

/**
 * Returns the HTML that loads the player's script and places the element.
 *
 * @param link query string of a signed link, for private explanations
 */
export function scriptCode(origin: string, id: string, link: string | null = null): string {
  const linked = link === null ? "" : ` link="${escapeHtml(link)}"`;
  return `<script type="module" src="${origin}${PLAYER_PATH}"></script>\n<lemons-player explanation="${id}"${linked}></lemons-player>`;
}
