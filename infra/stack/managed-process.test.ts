import { spawn } from "node:child_process";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startProcess } from "./managed-process.ts";

const TALKS_FOREVER = "setInterval(() => console.log('still here '.repeat(50)), 5)";

describe("startProcess", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-process-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function specification(script: string, logFile: string) {
    return {
      name: "child",
      command: process.execPath,
      arguments: ["-e", script],
      cwd: folder,
      environment: process.env,
      logFile,
    };
  }

  it("rejects with the end of the log if the process ends by itself", async () => {
    const logFile = path.join(folder, "logs", "child.log");
    const child = startProcess(specification("console.log('bye'); process.exit(3)", logFile));
    await expect(child.died).rejects.toThrow(/child ended \(exit code 3\)[\s\S]*bye/);
  });

  it("lets the process run on if its log is on a full disk", async () => {
    const logFile = path.join(folder, "full.log");
    await symlink("/dev/full", logFile);
    const failure = Promise.withResolvers<Error>();
    const child = startProcess({
      ...specification(TALKS_FOREVER, logFile),
      onLogFailure: failure.resolve,
    });
    expect((await failure.promise).message).toContain("ENOSPC");
    const ended = await Promise.race([child.died, new Promise((done) => setImmediate(done))]);
    expect(ended).toBeUndefined();
    await child.stop();
  });

  it("leaves no process behind if the launcher ends by an error", async () => {
    const launcher = path.join(folder, "launcher.mjs");
    const source = new URL("./managed-process.ts", import.meta.url).href;
    const child = specification(TALKS_FOREVER, path.join(folder, "child.log"));
    await writeFile(
      launcher,
      `import { startProcess } from ${JSON.stringify(source)};
       startProcess({ ...${JSON.stringify(child)}, environment: process.env, arguments: ["-e", "console.log(process.pid);" + ${JSON.stringify(TALKS_FOREVER)}] });
       const { readFileSync } = await import("node:fs");
       const poll = setInterval(() => {
         const pid = /^\\d+/.exec(readFileSync(${JSON.stringify(child.logFile)}, "utf8"))?.[0];
         if (pid === undefined) return;
         clearInterval(poll);
         console.log(pid);
         throw new Error("the launcher fails");
       }, 20);`,
    );
    const run = spawn(process.execPath, [launcher], { stdio: ["ignore", "pipe", "ignore"] });
    let printed = "";
    run.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const code = await new Promise((done) => run.once("close", done));
    expect(code).toBe(1);
    const pid = Number(printed.trim());
    expect(pid).toBeGreaterThan(1);
    // Where no parent reaps it, a dead process keeps its number: what it writes tells more.
    let size = -1;
    const hasGrown = async () => {
      const before = size;
      size = (await stat(child.logFile)).size;
      return size !== before;
    };
    await expect.poll(hasGrown, { interval: 200, timeout: 10_000 }).toBe(false);
  });
});
