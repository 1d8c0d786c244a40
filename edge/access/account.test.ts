import { describe, expect, it } from "vitest";
import { networkOf } from "./account.ts";

describe("networkOf", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    [undefined, "unknown"],
    ["", "unknown"],
    ["[::1]", "unknown"],
    ["a:b", "unknown"],
    ["somewhere", "unknown"],
  ])("maps %s to %s", (address, network) => expect(networkOf(address)).toBe(network));
});
