import { describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { keyExpiry } from "./key-expiry.ts";

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
