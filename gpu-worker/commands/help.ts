import type { Command } from "./command.ts";

type Described = Pick<Command, "name" | "summary" | "usage" | "options">;

/** What `lemons --help` prints. */
export function generalHelp(commands: readonly Described[]): string {
  return [
    "LEMONS: a music recommender that can be heard explaining itself.",
    "",
    "usage: lemons COMMAND [options]",
    "",
    ...rows(commands.map(({ name, summary }) => [name, summary])),
    "",
    "`lemons COMMAND --help` lists a command's options, `lemons --version` tells the version.",
    "Exit code: 0 done, 2 bad input, 1 failure.",
    "",
  ].join("\n");
}

/** What `lemons COMMAND --help` prints. */
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

/** A line that starts with spaces goes on from the one above. */
function usageLine(line: string): string {
  return line.startsWith(" ") ? `       ${line}` : `lemons ${line}`;
}

/** Two columns; a long left entry pushes its right one to the next line. */
function rows(entries: [string, string][]): string[] {
  const width = 30;
  return entries.map(([left, right]) =>
    left.length + 2 > width
      ? `  ${left}\n${" ".repeat(width + 2)}${right}`
      : `  ${left.padEnd(width)}${right}`,
  );
}
