import { UNWANTED } from "./words.ts";

/** One place that the list of unwanted words finds. */
export interface Finding {
  line: number;
  text: string;
  instead: string;
}

/** Comments, strings and Markdown are read alike: the listed words occur in no identifier of ours. */
export function checkProse(text: string): Finding[] {
  return text.split("\n").flatMap((line, index) => {
    const found = UNWANTED.find(({ pattern }) => pattern.test(line));
    return found ? [{ line: index + 1, text: line.trim(), instead: found.instead }] : [];
  });
}
