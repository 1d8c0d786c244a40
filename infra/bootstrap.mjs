/**
 * The first thing every npm script runs: plain JavaScript for whatever Node the machine has.
 * Installs the dependencies if they are missing or the lock has changed, then runs the script named
 * on the command line under the Node that the lock pins.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE_MAJOR = 20;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, "node_modules");
const stampFile = path.join(modules, ".lemons-lock-sha256");
const pinnedNode = path.join(
  modules,
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

/** Prints one line and ends the process as bad input does. */
function refuse(message) {
  process.stderr.write(`lemons: ${message}\n`);
  process.exit(2);
}

/** Hash of what decides the contents of node_modules. */
function lockHash() {
  return createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
}

function isInstalled(hash) {
  return (
    existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash
  );
}

/** Installs exactly what the lock names. npm's own output goes to stderr: stdout is the script's. */
function install() {
  process.stderr.write("Installing dependencies from package-lock.json ...\n");
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status, error } = spawnSync(
    command,
    [...prefix, "ci", "--no-fund", "--no-audit", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
      // npm 10 does not know allowScripts; this keeps onnxruntime-node from downloading CUDA there.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
    },
  );
  if (error) refuse(`could not run npm: ${error.message}`);
  if (status !== 0) refuse("npm ci failed; its message is above");
}

const major = Number(process.versions.node.split(".")[0]);
if (major < OLDEST_NODE_MAJOR) {
  refuse(`needs Node ${OLDEST_NODE_MAJOR} or newer to start, this is ${process.version}`);
}
// npm starts scripts in the repository root; a path that a user types means the folder they are in.
const here = process.argv[2] === "--here";
const [script, ...rest] = process.argv.slice(here ? 3 : 2);
if (script === undefined) refuse("bootstrap.mjs needs the script to run");

const hash = lockHash();
if (!isInstalled(hash)) {
  install();
  if (!existsSync(pinnedNode))
    refuse("the npm package `node` did not bring a Node for this platform");
  writeFileSync(stampFile, hash);
}

const child = spawn(pinnedNode, [path.join(root, script), ...rest], {
  cwd: here ? (process.env.INIT_CWD ?? process.cwd()) : root,
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: [path.join(modules, ".bin"), process.env.PATH].join(path.delimiter),
  },
});
// A terminal sends Ctrl-C to the whole group; a supervisor sends SIGTERM to this process only.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
child.on("error", (error) => refuse(`could not start ${script}: ${error.message}`));
child.on("exit", (code, signal) => {
  process.exit(code ?? 128 + (signal ? (constants.signals[signal] ?? 0) : 0));
});
