import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkOutFolder, writeOutFolder } from "./out-folder.ts";

const UNPRIVILEGED_USER = 65_534;

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-test-"));
  out = join(folder, "out");
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs work as an unprivileged user if the tests run as root, because root ignores permissions. */
async function asUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid!() !== 0) return work();
  process.seteuid!(UNPRIVILEGED_USER);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("checkOutFolder", () => {
  it("makes the folders above and leaves nothing else", async () => {
    await checkOutFolder(join(folder, "a", "b", "out"));
    expect(await readdir(join(folder, "a", "b"))).toEqual([]);
  });

  it("refuses a file", async () => {
    await writeFile(out, "");
    await expect(checkOutFolder(out)).rejects.toThrow(`--out ${out}: not a folder`);
    await expect(checkOutFolder(join(out, "inside"))).rejects.toThrow(
      "a part of the path is not a folder",
    );
  });

  it("refuses a link to a missing folder, a circle of links and a name that is too long", async () => {
    await symlink(join(folder, "missing"), out);
    await expect(checkOutFolder(out)).rejects.toThrow("a link to a missing folder");
    await symlink(join(folder, "circle"), join(folder, "circle"));
    await expect(checkOutFolder(join(folder, "circle"))).rejects.toThrow("lead in a circle");
    await expect(checkOutFolder(join(folder, "x".repeat(300)))).rejects.toThrow("too long");
  });

  it("refuses a folder that can't be written", async () => {
    await mkdir(out);
    await chmod(folder, 0o755);
    await chmod(out, 0o555);
    await asUser(() => expect(checkOutFolder(out)).rejects.toThrow(/out: permission denied$/));
    await asUser(() => expect(checkOutFolder(join(folder, "new"))).rejects.toThrow("permission"));
  });

  it("refuses a folder that has a file's name", async () => {
    await mkdir(join(out, "a.txt"), { recursive: true });
    await expect(checkOutFolder(out, ["b.txt", "a.txt"])).rejects.toThrow(
      `${join(out, "a.txt")} is a folder; move it away`,
    );
  });

  it("removes what killed runs left, and nothing of running ones", async () => {
    await mkdir(out);
    const left = [`${deadPid()}-${hostname()}`, `${process.pid}-${hostname()}`, "1-another.host"];
    for (const name of left) {
      await mkdir(join(folder, `.out.lemons-${name}-abcdef`));
      await mkdir(join(out, `.lemons-${name}-abcdef`));
    }
    await checkOutFolder(out);
    expect(await readdir(out)).toHaveLength(2);
    await rm(out, { recursive: true });
    await checkOutFolder(out);
    expect(await readdir(folder)).toHaveLength(2);
    expect((await readdir(folder)).join()).not.toContain(left[0]);
  });
});

describe("writeOutFolder", () => {
  it("makes a folder with the permissions of any other", async () => {
    await writeOutFolder(out, [{ name: "a.txt", content: "a" }]);
    expect(await readFile(join(out, "a.txt"), "utf8")).toBe("a");
    expect(await readdir(folder)).toEqual(["out"]);
    const plain = join(folder, "plain");
    await mkdir(plain);
    expect((await stat(out)).mode).toBe((await stat(plain)).mode);
  });

  it("replaces its own files in an existing folder and leaves all others", async () => {
    await mkdir(out);
    for (const name of ["a.txt", "old.mp3", "mine.txt"]) await writeFile(join(out, name), "old");
    await writeOutFolder(out, [{ name: "a.txt", content: "new" }], ["a.txt", "old.mp3"]);
    expect((await readdir(out)).sort()).toEqual(["a.txt", "mine.txt"]);
    expect(await readFile(join(out, "a.txt"), "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["out"]);
  });

  it("needs no permission for the folder above an existing one", async () => {
    await mkdir(out);
    await chmod(folder, 0o755);
    await chmod(out, 0o777);
    await asUser(() => writeOutFolder(out, [{ name: "a.txt", content: "a" }]));
    expect(await readdir(out)).toEqual(["a.txt"]);
  });

  it.runIf(existsSync("/dev/shm"))("writes to a folder on another file system", async () => {
    const other = await mkdtemp("/dev/shm/lemons-test-");
    try {
      await symlink(other, out);
      await checkOutFolder(out);
      await writeOutFolder(out, [{ name: "a.txt", content: "a" }]);
      expect(await readdir(other)).toEqual(["a.txt"]);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it.each([false, true])("leaves nothing behind if it fails, folder there: %s", async (isThere) => {
    if (isThere) await mkdir(out);
    const files = [
      { name: "a.txt", content: "a" },
      { name: "no/such/folder.txt", content: "b" },
    ];
    await expect(writeOutFolder(out, files)).rejects.toThrow(`--out ${out}: no such file`);
    expect(await readdir(folder)).toEqual(isThere ? ["out"] : []);
    if (isThere) expect(await readdir(out)).toEqual([]);
  });

  it("leaves no vouching file beside files of two runs", async () => {
    await mkdir(join(out, "b.txt"), { recursive: true });
    await writeFile(join(out, "a.txt"), "old");
    await writeFile(join(out, "last.json"), "old");
    const files = ["a.txt", "b.txt", "last.json"].map((name) => ({ name, content: "new" }));
    await expect(writeOutFolder(out, files)).rejects.toThrow("--out");
    expect((await readdir(out)).sort()).toEqual(["a.txt", "b.txt"]);
  });

  it.each([false, true])(
    "writes whole answers of simultaneous runs, folder there: %s",
    async (isThere) => {
      if (isThere) await mkdir(out);
      const names = Array.from({ length: 20 }, (_, i) => `${i}.txt`);
      const runs = ["first", "second", "third"].map((content) =>
        writeOutFolder(
          out,
          names.map((name) => ({ name, content })),
        ),
      );
      await Promise.all(runs);
      const contents = await Promise.all(names.map((name) => readFile(join(out, name), "utf8")));
      expect(new Set(contents).size).toBe(1);
      expect((await readdir(out)).sort()).toEqual([...names].sort());
    },
  );

  it("takes over the lock of a process that is gone", async () => {
    await mkdir(out);
    await writeFile(join(out, ".lemons-lock"), `${hostname()} ${deadPid()}`);
    await writeOutFolder(out, [{ name: "a.txt", content: "a" }]);
    expect(await readdir(out)).toEqual(["a.txt"]);
  });
});
