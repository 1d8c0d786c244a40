import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Explanation } from "@lemons/shared/contract/explanation";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfMask } from "@lemons/shared/what-if/response-table";
import { decodeFoldedTable } from "@lemons/shared/what-if/table-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "./engine/audio/decode.ts";
import { encodeWavFloat32 } from "./engine/audio/encode-wav.ts";
import { readModelPackage } from "./engine/model/node/read-model-package.ts";
import { sharedPackageFiles } from "./engine/model/shared-package.ts";

const CLI = fileURLToPath(new URL("./cli.ts", import.meta.url));
const GOLDEN = fileURLToPath(new URL("../infra/golden/fixture/", import.meta.url));
const MODEL = join(GOLDEN, "fcn.onnx");
const SECONDS = 4;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-cli-"));
  const { sampleRate, channels } = await decodeAudio(await readFile(join(GOLDEN, "mix.wav")));
  const cut = channels.map((samples) => samples.slice(0, SECONDS * sampleRate));
  await writeFile(join(folder, "song.wav"), encodeWavFloat32({ sampleRate, channels: cut }));
  await writeFile(join(folder, "garbage.wav"), "not audio");
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the real command line in the test's folder. */
function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { ...process.env, LEMONS_THREADS: "1", ...environment },
  });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
  });
  const end = new Promise<Ended>((resolve) =>
    child.on("close", (code) => resolve({ ...ended, code })),
  );
  return { child, end };
}

const run = (...args: string[]) => start(args).end;

describe("lemons", () => {
  it("lists its commands, and the options of one", async () => {
    const [all, one] = await Promise.all([run("--help"), run("explain", "--help")]);
    for (const name of ["score", "explain", "separate", "evaluate", "models inspect", "serve"]) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} {2,}\\w`, "m"));
    }
    expect(one.stdout).toContain("--kernel-width W");
    expect([all.code, one.code, all.stderr, one.stderr]).toEqual([0, 0, "", ""]);
  });

  it.each([
    [["explian"], /^lemons: unknown command "explian"; the nearest is "explain"/],
    [["score", "--modle", "m"], /^lemons: score has no option --modle; the nearest is --model/],
    [["score", "--model", MODEL, "--audio", "none.wav"], /^lemons: none.wav: no such file/],
    [["score", "--model", MODEL, "--audio", "song.wav", "garbage.wav"], /lemons: garbage.wav: /],
    [["score", "--model", "garbage.wav", "--audio", "song.wav"], /lemons: garbage.wav: a model is/],
    [["serve", "--port", "0"], /^lemons: LEMONS_WORKER_SECRET is missing/],
  ])("answers %j with one line and exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await start(args, { LEMONS_WORKER_SECRET: "" }).end;
    expect(code).toBe(2);
    expect(stdout).toBe("");
    const lines = stderr.split("\n").filter((line) => line && !/^(listening|decoding) /.test(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
  });
});

describe("lemons score", () => {
  it("scores under a head of a shared-encoder package as under a whole model", async () => {
    const { manifest, encoder, head } = await readModelPackage(MODEL);
    const listeners = ["zoe", "abel"].map((id) => ({
      listener: ListenerId.parse(id),
      head: head!,
    }));
    const parts = {
      id: ModelId.parse("pair"),
      frontEnd: manifest.frontEnd,
      encoder: encoder!.onnx,
      listeners,
    };
    await mkdir(join(folder, "pair"), { recursive: true });
    for (const { name, content } of await sharedPackageFiles(parts)) {
      await writeFile(join(folder, "pair", name), content);
    }
    const song = ["--audio", "song.wav", "--json"];
    const [own, shared, unnamed, unknown] = await Promise.all([
      run("score", "--model", MODEL, ...song),
      run("score", "--model", "pair", "--listener", "zoe", ...song),
      run("score", "--model", "pair", ...song),
      run("models", "inspect", "--model", "pair", "--listener", "zo"),
    ]);
    expect(JSON.parse(shared.stdout)).toMatchObject({
      model: { id: "pair-zoe" },
      results: JSON.parse(own.stdout).results,
    });
    expect([unnamed.code, unknown.code]).toEqual([2, 2]);
    expect(unnamed.stderr).toMatch(/^lemons: pair: the package has the heads of 2 listeners/m);
    expect(unknown.stderr).toMatch(/^lemons: pair: .*no head for the listener "zo"/);
  });

  it("prints one JSON document with one result a file", async () => {
    const { code, stdout } = await run(
      ...["score", "--model", MODEL, "--audio", "song.wav", "song.wav", "--json"],
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(["model", "results"]);
    expect(report.model).toEqual({ id: "fcn", version: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(report.results).toHaveLength(2);
    const [first] = report.results;
    expect(first).toEqual({
      file: "song.wav",
      logit: expect.any(Number),
      relevance: sigmoid(first.logit),
      seconds: SECONDS,
    });
  });

  it("notes channels that cancel each other out, which the model hears as silence", async () => {
    const left = Float32Array.from({ length: 32_000 }, (_, i) => Math.sin(i / 9));
    const channels = [left, left.map((x) => -x)];
    const wav = encodeWavFloat32({ sampleRate: 16_000, channels });
    await writeFile(join(folder, "inverted.wav"), wav);
    const { code, stderr } = await run("score", "--model", MODEL, "--audio", "inverted.wav");
    expect(code).toBe(0);
    expect(stderr).toMatch(/inverted\.wav: The channels cancel each other out/);
  });
});

describe("lemons explain", () => {
  it("fits on the supplied masks, prints the explanation and writes its files", async () => {
    const masks = [
      [1, 1, 1],
      [1, 0, 1],
      [0, 1, 0],
      [0, 0, 0],
    ];
    await writeFile(join(folder, "masks.json"), JSON.stringify(masks));
    const { code, stdout } = await run(
      ...["explain", "--model", MODEL, "--audio", "song.wav", "--type", "time"],
      ...["--segments", "3", "--masks", "masks.json", "--out", "out", "--json"],
    );
    expect(code).toBe(0);
    const explanation = Explanation.parse(JSON.parse(stdout));
    expect(explanation.masks).toEqual(masks);
    expect(explanation.predictions).toHaveLength(4);
    expect(explanation.predictions![0]).toBeCloseTo(explanation.relevance, 12);
    const files = await readdir(join(folder, "out"));
    const named = explanation.highlights.flatMap(({ file }) => file ?? []);
    expect(files.sort()).toEqual(["explanation.json", ...named].sort());
    expect(await readFile(join(folder, "out", "explanation.json"), "utf8")).toBe(stdout);
  });

  it("evaluates every mask by default, and writes the response table", async () => {
    const masks = [
      [1, 1, 1],
      [0, 1, 0],
    ];
    await writeFile(join(folder, "further.json"), JSON.stringify(masks));
    const { code, stdout } = await run(
      ...["explain", "--model", MODEL, "--audio", "song.wav", "--type", "time", "--exhaustive"],
      ...["--segments", "3", "--masks", "further.json", "--out", "exact", "--json"],
    );
    expect(code).toBe(0);
    const explanation = Explanation.parse(JSON.parse(stdout));
    expect(explanation).toMatchObject({
      neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
      engine: { kind: "table", blocks: 5 },
      masks,
    });
    const table = decodeFoldedTable(await readFile(join(folder, "exact", "table.bin")));
    masks.forEach((bits, i) => {
      const relevance = sigmoid(logitOfMask(table, Uint8Array.from(bits)));
      expect(relevance).toBe(explanation.predictions![i]);
    });
  });

  it("names the mask that is wrong", async () => {
    await writeFile(join(folder, "bad-masks.json"), "[[1,1,1,1,1],[1,2,0,0,0]]");
    const { code, stderr } = await run(
      ...["explain", "--model", MODEL, "--audio", "song.wav", "--type", "time"],
      ...["--masks", "bad-masks.json"],
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^lemons: bad-masks.json: bit 1 of mask 1 must be 0 or 1, not 2$/m);
  });

  it("ends with 130 soon after Ctrl-C and leaves no partial output", async () => {
    const { child, end } = start([
      ...["explain", "--model", MODEL, "--audio", "song.wav", "--type", "source"],
      ...["--separator", "dsp", "--out", "interrupted"],
    ]);
    child.stderr.once("data", () => child.kill("SIGINT"));
    const startedAt = performance.now();
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toBe("");
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect((await readdir(folder)).filter((name) => name.includes("interrupted"))).toEqual([]);
  });
});

describe("lemons models inspect", () => {
  it("shows blocks, strides and receptive fields, as text and as JSON", async () => {
    const inspect = ["models", "inspect", "--model", MODEL];
    const [text, json] = await Promise.all([run(...inspect), run(...inspect, "--json")]);
    expect([text.code, json.code]).toEqual([0, 0]);
    expect(text.stdout).toContain("exact engine   applies");
    const { model, applies, blocks, receptiveField } = JSON.parse(json.stdout);
    expect(model).toMatchObject({
      id: "fcn",
      encoderVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(applies).toBe(true);
    expect(blocks).toHaveLength(5);
    expect(blocks[0].map(({ operator }: { operator: string }) => operator)).toEqual([
      "conv",
      "max-pool",
    ]);
    expect(receptiveField).toMatchObject({ stride: 32, seconds: expect.any(Number) });
    expect(text.stdout).toContain(`${receptiveField.frames} frames`);
  });
});

describe("lemons separate", () => {
  it("writes one wav a source, which add up to the track", async () => {
    const { code, stdout } = await run(
      ...["separate", "--audio", "song.wav", "--separator", "dsp", "--out", "sources", "--json"],
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ separator: "dsp", sampleRate: 16_000, seconds: SECONDS });
    const read = async (path: string) => decodeAudio(await readFile(join(folder, path)));
    const sum = (await read("song.wav")).channels[0]!.slice();
    for (const { file } of report.sources) {
      const source = (await read(join("sources", file))).channels[0]!;
      for (let i = 0; i < sum.length; i++) sum[i]! -= source[i]!;
    }
    expect(Math.max(...sum.map(Math.abs))).toBeLessThan(1e-5);
    expect(report.sources.map(({ name }: { name: string }) => name)).toContain("drums");
  });
});

describe("a reader that closes the pipe", () => {
  it("causes no failure", async () => {
    const { child, end } = start(["--help"]);
    child.stdout.destroy();
    const { code, stderr } = await end;
    expect([code, stderr]).toEqual([0, ""]);
  });
});

const SERVICE = {
  LEMONS_WORKER_SECRET: "0123456789abcdef0123456789abcdef",
  LEMONS_ALLOWED_ORIGINS: "https://objects.example",
};

describe("lemons serve", () => {
  it("serves until SIGTERM, then ends with 0", async () => {
    const { child, end } = start(["serve", "--port", "0"], SERVICE);
    const url = await new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        const found = /"url":"([^"]+)"/.exec(chunk.toString());
        if (found) resolve(found[1]!);
      });
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const second = await start(["serve", "--port", new URL(url).port], SERVICE).end;
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining("is taken") });
    child.kill("SIGTERM");
    expect((await end).code).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
