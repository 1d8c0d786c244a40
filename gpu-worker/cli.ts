#!/usr/bin/env node
/** Entry of the command line: finds the command, parses its options and runs it. */
import { readFileSync } from "node:fs";
import type { Command } from "./commands/command.ts";
import { commandHelp, generalHelp } from "./commands/command.ts";
import { parseOptions } from "./commands/parse-options.ts";
import { createTerminal } from "./commands/terminal.ts";
import { InputError } from "./engine/input-error.ts";
import { nearest } from "./engine/nearest.ts";
import { EXIT_SIGNALS, exitCodeOf } from "./process/exit-code.ts";

/** Commands are loaded on demand, each with the code that it needs. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  score: async () => (await import("./commands/score.ts")).score,
  explain: async () => (await import("./commands/explain.ts")).explain,
  separate: async () => (await import("./commands/separate.ts")).separate,
  train: async () => (await import("./commands/train.ts")).train,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluate,
  faithfulness: async () => (await import("./commands/faithfulness.ts")).faithfulness,
  stability: async () => (await import("./commands/stability.ts")).stability,
  "models inspect": async () => (await import("./commands/models-inspect.ts")).modelsInspect,
  "keys create": async () => (await import("./commands/keys.ts")).keysCreate,
  "keys list": async () => (await import("./commands/keys.ts")).keysList,
  "keys revoke": async () => (await import("./commands/keys.ts")).keysRevoke,
  serve: async () => (await import("./commands/serve.ts")).serve,
};

const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr });

// A reader such as `head` may close the pipe early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
});

async function main(args: readonly string[]): Promise<void> {
  const { name, rest } = commandIn(args);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
    terminal.print(generalHelp(commands));
    return;
  }
  if (name === "--version") {
    terminal.print(`${ownVersion()}\n`);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const near = nearest(name, Object.keys(COMMANDS));
    throw new InputError(
      `unknown command "${name}"; the nearest is "${near}" (lemons --help lists all)`,
    );
  }
  const command = await load();
  const given = parseOptions(command, rest);
  if (given === null) {
    terminal.print(commandHelp(command));
    return;
  }
  if (!command.handlesInterrupt) endAtOnceOn(["SIGINT", "SIGTERM"]);
  try {
    await command.run(given, terminal);
  } finally {
    terminal.endProgress();
  }
}

/** Splits off the command's name, which has one word or two. */
function commandIn(args: readonly string[]): { name: string | undefined; rest: string[] } {
  const two = args.slice(0, 2).join(" ");
  return Object.hasOwn(COMMANDS, two)
    ? { name: two, rest: args.slice(2) }
    : { name: args[0], rest: args.slice(1) };
}

/** Work runs in a thread, so the main thread handles a signal at once; `exit` listeners clean up. */
function endAtOnceOn(signals: ("SIGINT" | "SIGTERM")[]): void {
  for (const signal of signals) {
    process.once(signal, () => {
      terminal.endProgress();
      process.exit(EXIT_SIGNALS[signal]);
    });
  }
}

function ownVersion(): string {
  const manifest = readFileSync(new URL("./package.json", import.meta.url), "utf8");
  return JSON.parse(manifest).version;
}

process.exitCode = await exitCodeOf(() => main(process.argv.slice(2)));
