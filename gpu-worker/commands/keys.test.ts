import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { ApiKey, KeyId } from "@lemons/shared/contract/access";
import { keyIdOf } from "@lemons/shared/identity/api-key";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { executeOnD1 } from "./d1.ts";
import { formatKeys, keyExpiry } from "./keys.ts";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin/wrangler.js",
);
const NAME = `it's "mine"'); DROP TABLE api_keys;--`;

let state: string;

function run(env: NodeJS.ProcessEnv, script: string, ...parameters: string[]) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", LEMONS_STATE: state, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const keys = (...parameters: string[]) => run({}, CLI, "keys", ...parameters);
const PATIENT = ["create", "--name", "patient", "--scope", "read", "--json"];

/** Node options that make a process and its children append their script to a file when they end. */
function noteEndIn(file: string): string {
  const note = `import { appendFileSync } from "node:fs";
    process.on("exit", () => appendFileSync(${JSON.stringify(file)}, process.argv[1] + "\\n"));`;
  return `--import=data:text/javascript,${encodeURIComponent(note)}`;
}

describe("lemons keys, on a real local D1", () => {
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "lemons-keys-"));
    const flags = ["--local", "--persist-to", state];
    const migrated = await run({}, WRANGLER, "d1", "migrations", "apply", "DB", ...flags);
    expect(migrated.code, migrated.stdout + migrated.stderr).toBe(0);
    // Wrangler alone takes seconds to start.
  }, 60_000);
  afterAll(() => rm(state, { recursive: true }));

  it("waits for a process that is writing to the database", async () => {
    const folder = join(state, "v3", "d1");
    const files = await readdir(folder, { recursive: true });
    const name = files.find((file) => /[0-9a-f]{64}\.sqlite$/.test(file))!;
    const writer = new DatabaseSync(join(folder, name));
    writer.exec("BEGIN IMMEDIATE");
    const ended = join(state, "ended-processes");
    await writeFile(ended, "");
    const making = run({ NODE_OPTIONS: noteEndIn(ended) }, CLI, "keys", ...PATIENT);
    // The first attempt has met the lock.
    await vi.waitFor(async () => expect(await readFile(ended, "utf8")).toContain("wrangler"), {
      timeout: 30_000,
      interval: 20,
    });
    writer.exec("COMMIT");
    writer.close();
    const made = await making;
    expect(made).toMatchObject({ code: 0, stderr: "" });
    await executeOnD1({ remote: false, persistTo: state }, "DELETE FROM api_keys");
  });

  it("creates, lists and revokes a key, whose secret is stored as a hash", async () => {
    const made = await keys(
      "create",
      "--name",
      NAME,
      "--scope",
      "explain",
      "read",
      "--expires",
      "30d",
      "--json",
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const { token, ...key } = JSON.parse(made.stdout);
    expect(key).toMatchObject({ name: NAME, scopes: ["read", "explain"], revokedAt: null });
    expect(keyIdOf(token)).toBe(key.id);

    const [rows] = await executeOnD1({ remote: false, persistTo: state }, "SELECT * FROM api_keys");
    expect(rows).toHaveLength(1);
    expect(rows![0]!.token_sha256).toBe(await sha256Hex(token));
    expect(JSON.stringify(rows)).not.toContain(token.slice(-43));

    // Visitors of the pages have a row too.
    await executeOnD1(
      { remote: false, persistTo: state },
      `INSERT INTO api_keys (id, name, token_sha256, scopes, compute_seconds_per_day, storage_bytes,
         created_at, visitor_network) VALUES ('00000000000000ff', 'visitor', '0', '[]', 0, 0, '', 'x')`,
    );
    const listed = await keys("list", "--json");
    expect(JSON.parse(listed.stdout)).toEqual({ keys: [key] });
    const revoked = await keys("revoke", "--id", key.id, "--json");
    const since = ApiKey.parse(JSON.parse(revoked.stdout)).revokedAt!;
    expect(Math.abs(Date.now() - Date.parse(since))).toBeLessThan(60_000);
    // A second revocation keeps the moment of the first.
    expect(JSON.parse((await keys("revoke", "--id", key.id, "--json")).stdout)).toEqual({
      ...key,
      revokedAt: since,
    });
  });

  it.each([
    [["revoke", "--id", "0123456789abcdef"], "no key has the id 0123456789abcdef"],
    [["revoke", "--id", "lemons_x"], "--id must be the 16 hexadecimal digits"],
    [["create", "--name", "x", "--scope", "root"], "--scope must be one of"],
    [["create", "--name", "x".repeat(101), "--scope", "read"], "--name: "],
    [["create", "--scope", "read"], "keys create needs --name"],
    [["list", "--remote", "--persist-to", "x"], "exclude each other"],
    [["list", "--persist-to", "nowhere"], "nowhere has no up-to-date LEMONS database"],
  ])("refuses %j", async (parameters, why) => {
    const { code, stdout, stderr } = await keys(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(why);
    expect(await readdir(ROOT)).not.toContain("nowhere");
  });
});

describe("formatKeys", () => {
  const key: ApiKey = {
    id: KeyId.parse("0123456789abcdef"),
    name: "mine",
    scopes: ["read", "upload"],
    computeSecondsPerDay: 1,
    storageBytes: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    expiresAt: null,
    revokedAt: null,
  };

  it("shows the state of each key at a moment", () => {
    const expiresAt = "2026-06-01T00:00:00.000Z";
    const all = [
      key,
      { ...key, expiresAt },
      { ...key, expiresAt, revokedAt: "2026-03-01T00:00:00.000Z" },
    ];
    const lines = (now: string) => formatKeys(all, new Date(now)).split("\n");
    expect(lines("2026-05-01T00:00:00Z")[2]).toContain("valid until 2026-06-01  read,upload  mine");
    expect(lines("2026-07-01T00:00:00Z").slice(1, 4)).toEqual([
      "0123456789abcdef  valid               read,upload  mine",
      "0123456789abcdef  expired 2026-06-01  read,upload  mine",
      "0123456789abcdef  revoked 2026-03-01  read,upload  mine",
    ]);
    expect(formatKeys([], new Date())).toContain("There are no keys");
  });
});

const NOW = new Date("2026-11-24T10:00:00Z");

describe("keyExpiry", () => {
  it.each([
    ["1h", "2026-11-24T11:00:00.000Z"],
    ["30d", "2026-12-24T10:00:00.000Z"],
    ["2027-06-30", "2027-06-30T00:00:00.000Z"],
    ["2026-11-24T10:00:01Z", "2026-11-24T10:00:01.000Z"],
    ["2027-01-01T00:00+02:00", "2026-12-31T22:00:00.000Z"],
  ])("%s is %s", (text, moment) => expect(keyExpiry(text, NOW).toISOString()).toBe(moment));

  it.each(["", "30", "0d", "-1d", "99999d", "tomorrow", "2026-13-01", "2026-11-24", "1.5h"])(
    "refuses %j",
    (text) => expect(() => keyExpiry(text, NOW)).toThrow(InputError),
  );
});
