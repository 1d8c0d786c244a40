import { execa } from "execa";
import { ROOT } from "./repository.ts";

/**
 * Runs a package's script under the pinned Node and returns what it printed.
 *
 * @throws Error with the output if the tool fails
 */
export async function runTool(
  script: string,
  parameters: string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const { all, exitCode, message } = await execa(process.execPath, [script, ...parameters], {
    cwd: ROOT,
    env: environment,
    stdin: "ignore",
    all: true,
    reject: false,
    stripFinalNewline: false,
  });
  if (exitCode === 0) return all;
  throw new Error(`${script} ${parameters.join(" ")} failed (${exitCode ?? message}):\n${all}`);
}
