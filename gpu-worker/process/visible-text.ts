/**
 * Control characters, which can move a terminal's cursor or change its title, and marks that reorder
 * text. Names of files and fields of documents may contain them.
 */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Replaces control characters by `\u` escapes, so that a name can be printed. */
export function visibleText(text: string): string {
  return text.replace(CONTROLS, escapeOf);
}

/** As {@link visibleText}, but keeps tabs and line breaks. JSON keeps its meaning. */
export function visibleLines(text: string): string {
  return text.replace(CONTROLS, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
