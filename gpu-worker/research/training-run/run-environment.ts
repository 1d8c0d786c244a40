import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from "node:os";
import type { RunEnvironment } from "@lemons/shared/contract/training";

/** Where a run takes place. @param command as given */
export function runEnvironment(
  device: RunEnvironment["device"],
  threads: number,
  command: readonly string[],
): RunEnvironment {
  return {
    lemons: versionIn(new URL("../../package.json", import.meta.url)),
    node: process.versions.node,
    onnxruntime: versionIn(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")),
    os: `${type()} ${release()} ${arch()}`,
    hostname: hostname(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    device,
    threads,
    commit: commitOfSources(),
    command: command.map(withoutPassword),
  };
}

/** `mongodb://user:secret@host` without who it is for. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:--observer=)?mongodb(?:\+srv)?:\/\/)[^/?]*@/, "$1");
}

function versionIn(manifest: string | URL): string {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

/** null outside of a git work tree, or without git. */
function commitOfSources(): string | null {
  const git = (...parameters: string[]) =>
    execFileSync("git", parameters, {
      cwd: new URL(".", import.meta.url),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const commit = git("rev-parse", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? commit : `${commit}+`;
  } catch {
    return null;
  }
}
