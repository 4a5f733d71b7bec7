/** Which nais-etl does the work: what the input `cli` names, else the pipeline's own, else the Action's version from npm. */
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import actionPackage from "../../package.json" with { type: "json" };
import { EtlError, type Problem } from "../util/error.ts";
import type { Inputs } from "./inputs.ts";
import { install } from "./install.ts";
import { foldersUpTo, pathFrom } from "./places.ts";
import type { Runner } from "./runner.ts";

const packageName = actionPackage.name;
export const actionVersion = actionPackage.version;

export interface Cli {
  /** Absolute path of its JavaScript. */
  file: string;
  /** `nais-etl 0.1.0, installed in node_modules`. */
  shown: string;
  warning?: Problem;
}

/** @throws {EtlError} `usage` for an input that names none, `failed` where npm cannot install it. */
export async function findCli(inputs: Inputs, runner: Runner): Promise<Cli> {
  const { folder } = inputs;
  if (inputs.cli !== undefined) return namedCli(inputs.cli, runner);
  const installed = await installedCli(folder, runner.workspace);
  if (installed) return installed;
  const cli = await fromNpm(`${packageName}@${actionVersion}`, runner);
  return (await isDeclared(folder)) ? { ...cli, warning: notInstalled(cli) } : cli;
}

async function isDeclared(folder: string): Promise<boolean> {
  const { dependencies, devDependencies } = (await readPackage(folder)) ?? {};
  return packageName in { ...dependencies, ...devDependencies };
}

interface PackageJson {
  name?: string;
  version?: unknown;
  bin?: Record<string, string>;
  dependencies?: object;
  devDependencies?: object;
}

/** Undefined where there is none that can be read: npm has more to say about those. */
async function readPackage(folder: string): Promise<PackageJson | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageJson;
  } catch {
    return undefined;
  }
}

function notInstalled({ shown }: Cli): Problem {
  const message = `package.json names ${packageName}, but it is not installed: ${shown} does the work`;
  return {
    severity: "warning",
    rule: "not-installed",
    message,
    hint: "Let a step with `npm ci` stand before this one.",
  };
}

async function namedCli(given: string, runner: Runner): Promise<Cli> {
  if (given.startsWith(`${packageName}@`)) return fromNpm(given, runner);
  const path = resolve(runner.workspace, given);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw noCli(`there is no ${given} in the workspace`);
  if (found.isDirectory()) return (await packageAt(path, `from ${given}`)) ?? Promise.reject(notPackage(given));
  if (/\.(tgz|tar\.gz)$/.test(path)) return fromNpm(path, runner);
  return scriptAt(await realpath(path), given);
}

/** The package's own file, wherever `node_modules/.bin` leads to: what lies in there may be a script for a shell. */
async function installedCli(folder: string, workspace: string): Promise<Cli | undefined> {
  for (const above of foldersUpTo(workspace, folder)) {
    const modules = join(above, "node_modules");
    const found = await packageAt(join(modules, packageName), `installed in ${pathFrom(workspace, modules)}`);
    if (found) return found;
  }
  return undefined;
}

async function fromNpm(what: string, runner: Runner): Promise<Cli> {
  const folder = await install(what, runner);
  const origin = what.startsWith(`${packageName}@`) ? "from npm" : "from a packed tarball";
  const found = await packageAt(join(folder, "node_modules", packageName), origin);
  return found ?? Promise.reject(notPackage(what));
}

async function packageAt(folder: string, origin: string): Promise<Cli | undefined> {
  const { name, version, bin } = (await readPackage(folder)) ?? {};
  const script = bin?.[packageName];
  if (name !== packageName || script === undefined) return undefined;
  return { file: join(folder, script), shown: `${packageName} ${shownVersion(version)}, ${origin}` };
}

/** Whoever wrote the package wrote it: only what is a version is shown. https://semver.org */
function shownVersion(version: unknown): string {
  const isVersion = typeof version === "string" && /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version);
  return isVersion && version.length <= longestVersion ? version : "of an unknown version";
}

const longestVersion = 64;

function scriptAt(file: string, given: string): Cli {
  if ([".js", ".mjs", ".cjs"].includes(extname(file))) return { file, shown: `${packageName} of ${given}` };
  throw noCli(`${given} is not JavaScript`);
}

function notPackage(given: string): EtlError {
  return noCli(`${given} does not hold the package ${packageName}`);
}

function noCli(message: string): EtlError {
  return new EtlError({
    code: "usage",
    message: `input cli: ${message}`,
    hint: `Give a version (${packageName}@${actionVersion}), or the path of a packed tarball, of the package's folder, or of its bin/nais-etl.js. Paths start at the top of the repository.`,
  });
}
