import { RunEnvironment } from "@lemons/shared/contract/training";
import { describe, expect, it } from "vitest";
import { runEnvironment, withoutPassword } from "./record-run.ts";

describe("runEnvironment", () => {
  it("tells where a run takes place, and no password", () => {
    const command = ["train", "--observer", "mongodb://ann:secret@db.example:27017/x?a=b"];
    const environment = RunEnvironment.parse(runEnvironment("cpu", 2, command));
    expect(environment).toMatchObject({ device: "cpu", threads: 2, onnxruntime: "1.30.0" });
    expect(environment.command.at(-1)).toBe("mongodb://db.example:27017/x?a=b");
  });

  it.each([
    ["--observer=mongodb+srv://a:b%40c@h/", "--observer=mongodb+srv://h/"],
    ["mongodb://h1,h2/?x=a@b", "mongodb://h1,h2/?x=a@b"],
    ["a@b", "a@b"],
  ])("leaves of %s only %s", (given, left) => {
    expect(withoutPassword(given)).toBe(left);
  });
});
