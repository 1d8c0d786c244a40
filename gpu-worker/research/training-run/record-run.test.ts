import { RunEnvironment } from "@lemons/shared/contract/training";
import { describe, expect, it } from "vitest";
import { runEnvironment, withoutPassword } from "./record-run.ts";

describe("runEnvironment", () => {
  it("describes machine, versions and command, without the password", async () => {
    const command = ["train", "--observer", "mongodb://ann:secret@db.example:27017/x?a=b"];
    const environment = RunEnvironment.parse(await runEnvironment("cpu", 2, command));
    expect(environment).toMatchObject({ device: "cpu", threads: 2, onnxruntime: "1.30.0" });
    expect(environment.commit).toMatch(/^[0-9a-f]{40}\+?$/);
    expect(environment.command.at(-1)).toBe("mongodb://db.example:27017/x?a=b");
  });
});

describe("withoutPassword", () => {
  it.each([
    ["--observer=mongodb+srv://a:b%40c@h/", "--observer=mongodb+srv://h/"],
    ["mongodb://h1,h2/?x=a@b", "mongodb://h1,h2/?x=a@b"],
    ["a@b", "a@b"],
  ])("turns %s into %s", (given, expected) => {
    expect(withoutPassword(given)).toBe(expected);
  });
});
