import type { Terminal } from "./terminal.ts";

/** An option of a command: `--name VALUE`, or a switch if it has no `value`. */
export interface OptionSpec {
  /** Placeholder of the value in the help text: "FILE", "cpu|cuda". */
  value?: string;
  /** Allows the option more than once. */
  multiple?: boolean;
  /** Takes the plain arguments that follow as further values. */
  takesRest?: boolean;
  help: string;
}

export type OptionSpecs = Record<string, OptionSpec>;

/** Options as given: a text, a list of texts if `multiple`, or true for a switch. */
export type Given<Specs extends OptionSpecs> = {
  [Name in keyof Specs]?: Specs[Name] extends { value: string }
    ? Specs[Name] extends { multiple: true }
      ? string[]
      : string
    : true;
};

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  name: string;
  /** One line, in the imperative. */
  summary: string;
  /** One line for each way to call it, without `lemons`. */
  usage: string[];
  options: Specs;
  /** Set if the command handles Ctrl-C itself. */
  handlesInterrupt?: boolean;
  /** @throws InputError if the input can't be used */
  run(given: Given<Specs>, terminal: Terminal): Promise<void>;
}

/** Infers the type of `given` from the options. */
export function defineCommand<const Specs extends OptionSpecs>(
  command: Command<Specs>,
): Command<Specs> {
  return command;
}

type Described = Pick<Command, "name" | "summary" | "usage" | "options">;

/** Formats the output of `lemons --help`. */
export function generalHelp(commands: readonly Described[]): string {
  return [
    "LEMONS: hear why a song was recommended.",
    "",
    "usage: lemons COMMAND [options]",
    "",
    ...rows(commands.map(({ name, summary }) => [name, summary])),
    "",
    "`lemons COMMAND --help` lists a command's options; `lemons --version` prints the version.",
    "Exit code: 0 done, 2 wrong input, 1 any other failure.",
    "",
  ].join("\n");
}

/** Formats the output of `lemons COMMAND --help`. */
export function commandHelp({ name, summary, usage, options }: Described): string {
  const described = Object.entries(options).map(([option, { value, help }]): [string, string] => [
    value ? `--${option} ${value}` : `--${option}`,
    help,
  ]);
  return [
    `lemons ${name}: ${summary}`,
    "",
    ...usage.map((line, index) => `${index === 0 ? "usage: " : "       "}${usageLine(line)}`),
    "",
    ...rows([...described, ["--help", "show this"]]),
    "",
  ].join("\n");
}

/** A line that starts with spaces continues the one above. */
function usageLine(line: string): string {
  return line.startsWith(" ") ? `       ${line}` : `lemons ${line}`;
}

/** Formats two columns; a long left entry moves its right one to the next line. */
function rows(entries: [string, string][]): string[] {
  const width = 30;
  return entries.map(([left, right]) =>
    left.length + 2 > width
      ? `  ${left}\n${" ".repeat(width + 2)}${right}`
      : `  ${left.padEnd(width)}${right}`,
  );
}
