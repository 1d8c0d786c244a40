import type { Progress } from "@lemons/shared/contract/job";

/** A stream of text that may be a terminal. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What a command says and shows. */
export interface Terminal {
  /** The result. */
  print(text: string): void;
  /** How far it is, on stderr: a bar where that is a terminal, else a line now and then. */
  progress(progress: Progress, of?: string): void;
  /** One step of something whose steps matter by themselves: the bar only, no lines without one. */
  step(text: string, done: number, total: number): void;
  /** A line on stderr that stays. */
  note(text: string): void;
  /** Takes the bar away. */
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

/** @param now milliseconds, for telling when the next line is due */
export function createTerminal(
  { stdout, stderr }: { stdout: TextStream; stderr: TextStream },
  now: () => number = () => performance.now(),
): Terminal {
  let shown = "";
  let phase: string | null = null;
  let lineAt = Number.NEGATIVE_INFINITY;

  function showBar(text: string): void {
    const room = (stderr.columns ?? 80) - 1;
    const line = text.length > room ? text.slice(0, room) : text;
    if (line === shown) return;
    // Back to the start of the line, and clear what a longer one has left.
    stderr.write(`\r${line}\u001b[K`);
    shown = line;
  }

  return {
    print(text) {
      this.endProgress();
      stdout.write(text);
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
      stderr.write(`${text}\n`);
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
