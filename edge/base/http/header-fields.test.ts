import { describe, expect, it } from "vitest";

import {
  matchesEntityTag,
  parseSha256Digest,
  preferenceApplied,
  preferredWaitSeconds,
} from "./header-fields.ts";

describe("preferredWaitSeconds (RFC 7240)", () => {
  it.each([
    [undefined, 0],
    ["", 0],
    ["wait=5", 5],
    ["Wait = 7", 7],
    ['respond-async, wait="10"', 10],
    ["wait=3; foo, handling=lenient", 3],
    ["wait=999", 20],
    ["wait=-1", 0],
    ["wait=soon", 0],
    ["await=5", 0],
  ])("%s: %i", (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds);
  });
});

describe("matchesEntityTag (RFC 9110, 13.1.2)", () => {
  it.each([
    [undefined, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ["*", true],
    ['"b"', false],
    ["a", false],
  ])("%s: %s", (header, matches) => {
    expect(matchesEntityTag(header, '"a"')).toBe(matches);
  });
});

describe("parseSha256Digest (RFC 9530)", () => {
  const value = btoa(String.fromCharCode(...new Array<number>(32).fill(7)));

  it.each([`sha-256=:${value}:`, `sha-512=:AAAA:, sha-256=:${value}:`])("reads %s", (header) => {
    expect(new Uint8Array(parseSha256Digest(header)!)).toEqual(new Uint8Array(32).fill(7));
  });

  it.each([undefined, "", `sha-256=${value}`, `sha-256=:${value.slice(4)}:`, `md5=:${value}:`])(
    "finds none in %s",
    (header) => {
      expect(parseSha256Digest(header)).toBeNull();
    },
  );
});

describe("preferenceApplied (RFC 7240, 3)", () => {
  it.each([
    [undefined, true, null],
    ["respond-async", true, "respond-async"],
    ["respond-async", false, null],
    ["Respond-Async, wait=10", true, "respond-async, wait=10"],
    ["respond-async, wait=10", false, "wait=10"],
    ["handling=lenient", true, null],
  ])("of %j (async: %s) is %j", (header, isAsync, applied) => {
    expect(preferenceApplied(header, isAsync)).toBe(applied);
  });
});
