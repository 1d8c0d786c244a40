import type { Progress } from "@lemons/shared/contract/job";
import { visibleLines, visibleText } from "../process/visible-text.ts";

/** A stream of text that may be a terminal. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** The output of a command. Control characters are printed as escapes. */
export interface Terminal {
  /** Prints the result to stdout. */
  print(text: string): void;
  /** Shows progress on stderr: a bar if that is a terminal, else a line at times. */
  progress(progress: Progress, of?: string): void;
  /** Shows a step of a long run in the bar; prints nothing if stderr is no terminal. */
  step(text: string, done: number, total: number): void;
  /** Prints a line to stderr that stays. */
  note(text: string): void;
  /** Removes the bar. */
  endProgress(): void;
}

const BAR_CELLS = 24;
const MS_BETWEEN_LINES = 5000;

const PHASES: Record<Progress["phase"], string> = {
  waiting: "waiting",
  fetching: "reading",
  decoding: "decoding",
  separating: "separating",
  scoring: "listening",
  fitting: "fitting",
  storing: "writing",
};

/** @param now clock in milliseconds, which spaces the lines */
export function createTerminal(
  { stdout, stderr }: { stdout: TextStream; stderr: TextStream },
  now: () => number = () => performance.now(),
): Terminal {
  let shown = "";
  let phase: string | null = null;
  let lineAt = Number.NEGATIVE_INFINITY;

  function showBar(text: string): void {
    const room = (stderr.columns ?? 80) - 1;
    const line = visibleText(text).slice(0, room);
    if (line === shown) return;
    // Returns to the start of the line and clears the rest of a longer one.
    stderr.write(`\r${line}\u001b[K`);
    shown = line;
  }

  return {
    print(text) {
      this.endProgress();
      stdout.write(visibleLines(text));
    },
    progress({ phase: current, done, total }, of) {
      const name = of ? `${PHASES[current]} ${of}` : PHASES[current];
      const count = total > 0 ? `${done}/${total}` : "";
      if (stderr.isTTY) {
        showBar(`${barOf(done, total)} ${name} ${count}`.trimEnd());
        return;
      }
      if (name === phase && now() - lineAt < MS_BETWEEN_LINES) return;
      phase = name;
      lineAt = now();
      stderr.write(`${name} ${count}`.trimEnd().concat("\n"));
    },
    step(text, done, total) {
      if (stderr.isTTY) showBar(`${barOf(done, total)} ${text}`);
    },
    note(text) {
      this.endProgress();
      stderr.write(`${visibleLines(text)}\n`);
    },
    endProgress() {
      if (shown) stderr.write("\r\u001b[K");
      shown = "";
    },
  };
}

function barOf(done: number, total: number): string {
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * BAR_CELLS) : 0;
  return `[${"#".repeat(filled).padEnd(BAR_CELLS, ".")}]`;
}
