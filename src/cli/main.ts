/** The command line: a table of commands, each loaded when it is called. Only this file and the Action's entry touch `process`. */
import { hostname, tmpdir } from "node:os";
import type { Context } from "../util/context.ts";
import { runEffect } from "../util/context.ts";
import { createLogger } from "../util/log.ts";
import { createProgram } from "./program.ts";
import { quietWarnings } from "./quiet-warnings.ts";
import { reportError } from "./report-error.ts";
import { abortOnSignals } from "../util/stop-signals.ts";

const { argv, env, stdout, stderr } = process;
const debug = argv.includes("--debug");

/** A run logs for people on a terminal and in a CI log, and JSON lines for machines elsewhere; in a pod everything does. */
function logFormat(): "text" | "json" {
  const asked = env["NAIS_ETL_LOG"];
  if (asked === "text" || asked === "json") return asked;
  if (stdout.isTTY || env["GITHUB_ACTIONS"] === "true") return "text";
  return argv[2] === "run" || env["NAIS_CLUSTER_NAME"] !== undefined ? "json" : "text";
}

/** What goes on until somebody has seen enough. */
const isEndless = argv[2] === "logs" || argv.includes("--watch");

// A reader that went away (`| head`) is no error of ours, and does not end what was begun: the exit code still tells of it.
for (const stream of [stdout, stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" && isEndless) process.exit(0);
  });

const format = logFormat();
const colour = stdout.isTTY && !env["NO_COLOR"];
const now = () => new Date();
const log = createLogger({
  // A program reads the answer: what is said on the way to it must not stand in between.
  write: (line) => void (argv.some((arg) => arg === "--json" || arg === "--markdown") ? stderr : stdout).write(line),
  format,
  verbose: debug || argv.includes("--verbose"),
  colour,
  now,
});
quietWarnings(process, log);
const context: Context = {
  cwd: process.cwd(),
  env,
  now,
  log,
  print: (text) => void stdout.write(`${log.scrub(text)}\n`),
  signal: abortOnSignals(process),
  effect: runEffect,
  host: { name: hostname(), pid: process.pid, node: process.versions.node },
  isTerminal: stdout.isTTY,
  ...(process.stdin.isTTY && stdout.isTTY && { confirm: askOnTerminal }),
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
  tmpdir: tmpdir(),
};

/** What is not a plain yes is a no. */
async function askOnTerminal(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: stdout });
  try {
    return /^(?:y|yes|j|ja)$/i.test((await terminal.question(`${question} [y/N] `, { signal: context.signal })).trim());
  } finally {
    terminal.close();
  }
}

const report = { context, format, debug, write: (text: string) => void stderr.write(text) };

// What nobody caught would be printed as it is, with whatever stands in it.
process.on("uncaughtException", (error) => process.exit(reportError(error, report)));

try {
  process.exitCode = await createProgram(context).run(argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error, report);
}
