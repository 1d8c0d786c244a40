/** How large a player in a frame is where nobody says otherwise, pixels. */
export const DEFAULT_WIDTH = 800;
export const DEFAULT_HEIGHT = 980;
/** Narrower, it is more than twice as high as wide. */
export const MIN_WIDTH = 280;
const COMPACT_HEIGHT = 800;

/** Where the player is served, under one name for ever: pages of others name it. */
export const PLAYER_PATH = "/lemons-player.js";

/** Width and height of a frame, pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/**
 * The size of a frame within limits (oEmbed's maxwidth and maxheight). Where there is too little
 * height for everything, the player leaves the what-if panel out.
 */
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

/** An iframe of a player, to be pasted into any page. */
export function frameCode(address: string, title: string, { width, height }: FrameSize): string {
  const url = new URL(address);
  if (height < COMPACT_HEIGHT) url.searchParams.set("controls", "compact");
  return `<iframe src="${escapeHtml(url.href)}" width="${width}" height="${height}" title="${escapeHtml(title)}" allow="autoplay" loading="lazy" frameborder="0"></iframe>`;
}

/**
 * The element itself, to be pasted into any page.
 *
 * @param link query of a signed link, where the explanation is private
 */
export function scriptCode(origin: string, id: string, link: string | null = null): string {
  const linked = link === null ? "" : ` link="${escapeHtml(link)}"`;
  return `<script type="module" src="${origin}${PLAYER_PATH}"></script>\n<lemons-player explanation="${id}"${linked}></lemons-player>`;
}
