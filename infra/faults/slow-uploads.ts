import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { makeKey } from "../conformance/service.ts";
import type { Stack } from "../stack/stack.ts";
import type { Scenario } from "./scenario.ts";

const UPLOADS = { short: 40, full: 200 } as const;
const HELD_SECONDS = 8;
/** An isolate has 128 MB; half of that may be uploads'. */
const MAX_GROWTH_BYTES = 64e6;

/** Uploads that send a few bytes and then nothing: they hold little memory, and others are answered. */
export const slowUploads: Scenario = {
  name: "slow uploads",
  async run(extent, start) {
    const { stack, persistTo } = await start();
    const key = await makeKey({ persistTo }, ["upload"]);
    const before = await residentBytes(stack);
    const uploads = Array.from({ length: UPLOADS[extent] }, () => openUpload(stack, key));
    const faults: string[] = [];
    let most = before;
    for (let second = 0; second < HELD_SECONDS; second++) {
      await sleep(1000);
      most = Math.max(most, await residentBytes(stack));
    }
    const health = await fetch(`${stack.origin}/v1/listeners?limit=1`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (health.status !== 200) faults.push(`another request got ${health.status}`);
    const growth = most - before;
    if (growth > MAX_GROWTH_BYTES) faults.push(`${megabytes(growth)} held by half-open uploads`);
    for (const upload of uploads) upload.destroy();
    return {
      faults,
      measured: { uploads: uploads.length, growth: megabytes(growth) },
    };
  },
};

/** Begins an upload of 40 MB and leaves it after the first kilobytes. */
function openUpload(stack: Stack, key: { Authorization: string }) {
  const upload = request(`${stack.origin}/v1/tracks?title=Slow&artist=Slow`, {
    method: "POST",
    headers: {
      "Content-Type": "audio/mpeg",
      "Content-Length": 40e6,
      ...key,
    },
  });
  // A refusal ends the connection in the middle of the upload.
  upload.on("error", () => {});
  upload.write(new Uint8Array(4096));
  return upload;
}

const run = promisify(execFile);

/** Resident memory of the stack's workerd processes; Linux only. */
async function residentBytes(stack: Stack): Promise<number> {
  const port = new URL(stack.origin).port;
  const { stdout } = await run("ps", ["-eo", "pid,pgid,args"]);
  const lines = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const group = lines.find((words) => words.includes("dev") && words.includes(port))?.[1];
  const pids = lines
    .filter(([, pgid, command]) => pgid === group && command?.includes("workerd"))
    .map(([pid]) => pid);
  if (pids.length === 0) throw new Error("workerd was not found among the processes");
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, "utf8")));
  return statuses.reduce((sum, text) => sum + 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]), 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
