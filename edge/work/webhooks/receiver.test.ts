import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiverFault } from "./receiver.ts";

const STRICT = {
  PUBLIC_ORIGIN: "https://lemons.example.org",
  WEBHOOK_LOOPBACK: "refused",
} as const;
const LOCAL = { ...STRICT, WEBHOOK_LOOPBACK: "allowed" } as const;

describe("receiverFault", () => {
  it.each([
    "https://hooks.example.com/lemons?of=me",
    "https://hooks.example.com:443/",
    "https://xn--bcher-kva.example.com/",
    "https://bücher.example.com/",
    "https://123.example.com/",
  ])("accepts %s", (url) => {
    expect(receiverFault(url, STRICT)).toBeNull();
  });

  it.each([
    ["http://hooks.example.com/", /https/],
    ["ftp://hooks.example.com/", /https/],
    ["file:///etc/passwd", /https/],
    ["javascript:alert(1)", /https/],
    ["/relative", /absolute/],
    ["", /absolute/],
    ["https://", /absolute/],
    ["https://user@hooks.example.com/", /password/],
    ["https://:secret@hooks.example.com/", /password/],
    ["https://hooks.example.com:8443/", /port/],
    ["https://hooks.example.com:80/", /port/],
    ["https://127.0.0.1/", /IP address/],
    ["https://8.8.8.8/", /IP address/],
    ["https://10.0.0.1./", /IP address/],
    ["https://169.254.169.254/latest/meta-data/", /IP address/],
    ["https://2130706433/", /IP address/],
    ["https://0x7f.1/", /IP address/],
    ["https://0177.0.0.1/", /IP address/],
    ["https://１２７.0.0.1/", /IP address/],
    ["https://[::1]/", /IP address/],
    ["https://[fd00::1]/", /IP address/],
    ["https://[::ffff:10.0.0.1]/", /IP address/],
    ["https://localhost/", /public internet/],
    ["https://LOCALHOST./", /public internet/],
    ["https://app.localhost/", /public internet/],
    ["https://intranet/", /public internet/],
    ["https://db.internal/", /public internet/],
    ["https://metadata.google.internal/", /public internet/],
    ["https://printer.local/", /public internet/],
    ["https://db.default.svc/", /public internet/],
    ["https://db.default.svc.cluster.local/", /public internet/],
    ["https://vault.service.consul/", /public internet/],
    ["https://fritz.box/", /public internet/],
    ["https://nas.home.arpa/", /public internet/],
    ["https://api.default.svc/", /public internet/],
    ["https://vault.service.consul/", /public internet/],
    ["https://fritz.box/", /public internet/],
    ["https://hooks..example.com/", /public internet/],
    ["https://lemons.example.org/v1/explanations", /itself/],
    ["https://LEMONS.example.org./", /itself/],
    [`https://hooks.example.com/${"x".repeat(2048)}`, /at most/],
  ])("refuses %s", (url, fault) => {
    expect(receiverFault(url, STRICT)).toMatch(fault);
  });

  it("refuses every IPv4 address, in any notation", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        for (const host of [`${a}.${b}.${c}.${d}`, `${number}`, `0x${number.toString(16)}`]) {
          expect(receiverFault(`https://${host}/`, LOCAL)).toMatch(/IP address/);
        }
      }),
    );
  });

  it("accepts http on loopback if the settings allow it, and no other http", () => {
    for (const url of ["http://127.0.0.1:9999/hook", "http://localhost:9999/", "http://[::1]:1/"]) {
      expect(receiverFault(url, LOCAL)).toBeNull();
      expect(receiverFault(url, STRICT)).toMatch(/https/);
    }
    expect(receiverFault("http://hooks.example.com/", LOCAL)).toMatch(/https/);
    expect(receiverFault("http://10.0.0.1/", LOCAL)).toMatch(/https/);
    expect(receiverFault("https://127.0.0.1/", LOCAL)).toMatch(/IP address/);
  });
});
