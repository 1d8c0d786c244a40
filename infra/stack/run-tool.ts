import { spawn } from "node:child_process";
import { ROOT } from "./repository.ts";

/**
 * Runs a package's script under the pinned Node and returns what it printed.
 *
 * @throws Error with the output when the tool fails
 */
export function runTool(
  script: string,
  parameters: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      const output = Buffer.concat(chunks).toString("utf8");
      if (code === 0) resolve(output);
      else reject(new Error(`${script} ${parameters.join(" ")} failed (${code}):\n${output}`));
    });
  });
}
