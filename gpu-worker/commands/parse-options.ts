import { parseArgs } from "node:util";
import { InputError } from "../engine/input-error.ts";
import { nearest } from "../engine/nearest.ts";
import type { Command, Given, OptionSpecs } from "./command.ts";

/** A longer wrong option is cut in the error message. */
const QUOTED_CHARACTERS = 60;

/**
 * Parses a command's options.
 *
 * @param args arguments after the command's name
 * @returns null if they ask for help
 * @throws InputError for an unknown option (names the nearest one), a missing or unwanted value, a
 *   repetition, or an argument that belongs to no option
 */
export function parseOptions<Specs extends OptionSpecs>(
  command: Pick<Command<Specs>, "name" | "options">,
  args: readonly string[],
): Given<Specs> | null {
  const specs: OptionSpecs = command.options;
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { value }]) => [
        name,
        { type: value ? ("string" as const) : ("boolean" as const) },
      ]),
    ),
    // Errors are thrown below, with better words.
    strict: false,
    tokens: true,
  });
  const given: Record<string, string | string[] | true> = {};
  let last: string | null = null;
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      const list = last === null ? undefined : given[last];
      if (!Array.isArray(list) || !specs[last!]?.takesRest) throw unexpected(token.value);
      list.push(token.value);
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    if (name === "help" || rawName === "-h") return null;
    const spec = Object.hasOwn(specs, name) && rawName.startsWith("--") ? specs[name] : undefined;
    if (!spec) throw unknownOption(command.name, rawName, Object.keys(specs));
    last = name;
    if (!spec.value) {
      if (value !== undefined) throw new InputError(`--${name} takes no value`);
      given[name] = true;
      continue;
    }
    // In `--model --json` the next option is no value; in `--model=--json` it is.
    const looksLikeOption = !inlineValue && value !== undefined && /^-./.test(value);
    if (value === undefined || value === "" || looksLikeOption) {
      throw new InputError(`--${name} needs a value: --${name} ${spec.value}`);
    }
    const earlier = given[name];
    if (!spec.multiple) {
      if (earlier !== undefined) throw new InputError(`--${name} is given twice`);
      given[name] = value;
    } else if (Array.isArray(earlier)) earlier.push(value);
    else given[name] = [value];
  }
  // Every entry was checked against its spec.
  return given as Given<Specs>;
}

/** @throws InputError that names the first missing option */
export function requireOptions<Specs extends OptionSpecs, Name extends keyof Specs & string>(
  command: string,
  specs: Specs,
  given: Given<Specs>,
  names: readonly Name[],
): asserts given is Given<Specs> & { [N in Name]-?: NonNullable<Given<Specs>[N]> } {
  for (const name of names) {
    if (given[name] === undefined) {
      throw new InputError(`${command} needs --${name} ${specs[name]!.value}`);
    }
  }
}

function unexpected(argument: string): InputError {
  return new InputError(`"${quoted(argument)}" belongs to no option`);
}

function unknownOption(command: string, rawName: string, known: string[]): InputError {
  const near = nearest(rawName.replace(/^-+/, ""), known);
  const hint = near ? `; the nearest is --${near}` : "";
  return new InputError(
    `${command} has no option ${quoted(rawName)}${hint} (lemons ${command} --help lists all)`,
  );
}

function quoted(text: string): string {
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}...` : text;
}
