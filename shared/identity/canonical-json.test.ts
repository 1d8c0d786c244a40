import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CanonicalJsonError, canonicalJson, type JsonValue } from "./canonical-json.ts";

describe("canonicalJson", () => {
  it("writes the example of RFC 8785, section 3.2.4", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000F\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 code units (RFC 8785, section 3.2.3)", () => {
    const value = {
      "€": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "😀": "Emoji: Grinning Face",
      "\u0080": "Control",
      ö: "Latin Small Letter O With Diaeresis",
    };
    // JSON.parse would put the key "1" first, so the order is read from the text.
    const names = canonicalJson(value).matchAll(/:"([^"]*)"/g);
    expect(Array.from(names, ([, name]) => name)).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it("writes equal values as equal texts without loss", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not depend on the order of keys", () => {
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe('{"a":{"c":3,"d":2},"b":1}');
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  it.each([
    ["undefined", undefined, "value is undefined"],
    ["an undefined member", { a: [{ b: undefined }] }, "value.a[0].b is undefined"],
    ["a hole", new Array(2), "value[0] is undefined"],
    ["NaN", { a: Number.NaN }, "value.a is NaN"],
    ["an infinity", [Number.NEGATIVE_INFINITY], "value[0] is -Infinity"],
    ["a bigint", { a: 1n }, "value.a is a bigint"],
    ["a function", { a: () => 1 }, "value.a is a function"],
    ["a date", { a: new Date(0) }, "value.a is not a plain object"],
    ["a typed array", new Float64Array(1), "value is not a plain object"],
    ["half a surrogate pair", { a: "\ud800" }, "value.a has half a surrogate pair"],
    ["half a surrogate pair as a key", { "\udc00": 1 }, "a key of value has half a surrogate pair"],
    ["a cycle", cyclic, "nested deeper than 64"],
  ])("rejects %s", (_, value, message) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(CanonicalJsonError);
    expect(() => canonicalJson(value as JsonValue)).toThrow(message);
  });
});
