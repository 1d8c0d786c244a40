import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { schedules, strikeClock } from "./strike-clock.ts";

describe("strikeClock", () => {
  it("triggers every schedule of wrangler.toml at its time, and reports what fails", async () => {
    const triggered: string[] = [];
    const server = createServer((request, response) => {
      const cron = new URL(request.url!, "http://local").searchParams.get("cron")!;
      triggered.push(cron);
      response.writeHead(cron.startsWith("0 3") ? 500 : 200).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // A tenth of a second before three at night, when all three are due; the clock stands still.
    const now = () => new Date("2026-11-29T02:59:59.900Z");
    const stop = new AbortController();
    const faults: string[] = [];
    const struck = strikeClock(origin, schedules(), (why) => faults.push(why), stop.signal, now);
    await expect.poll(() => new Set(triggered)).toEqual(new Set(schedules()));
    await expect.poll(() => faults[0]).toBe('the schedule "0 3 * * *" failed with status 500');
    stop.abort();
    await struck;
    server.close();
  });
});
