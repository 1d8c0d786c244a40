import type { Terminal } from "./terminal.ts";

/** An option of a command: `--name VALUE`, or a switch where there is no `value`. */
export interface OptionSpec {
  /** What stands for the value in the help text: "FILE", "cpu|cuda". */
  value?: string;
  /** Whether it may be given more than once. */
  multiple?: boolean;
  /** Whether plain arguments that follow are further values of it. */
  takesRest?: boolean;
  help: string;
}

export type OptionSpecs = Record<string, OptionSpec>;

/** Options as given: texts, or a list of them where `multiple`, or true for a switch. */
export type Given<Specs extends OptionSpecs> = {
  [Name in keyof Specs]?: Specs[Name] extends { value: string }
    ? Specs[Name] extends { multiple: true }
      ? string[]
      : string
    : true;
};

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  name: string;
  /** One line. */
  summary: string;
  /** One line for each way to call it, without `lemons`. */
  usage: string[];
  options: Specs;
  /** Whether it deals with Ctrl-C itself. */
  handlesInterrupt?: boolean;
  /** @throws InputError where what was given cannot be worked with */
  run(given: Given<Specs>, terminal: Terminal): Promise<void>;
}

/** Lets TypeScript derive what `run` is given from the options. */
export function defineCommand<const Specs extends OptionSpecs>(
  command: Command<Specs>,
): Command<Specs> {
  return command;
}
