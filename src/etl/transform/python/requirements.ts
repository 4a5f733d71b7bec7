/** What a team says its models need, from requirements.txt or uv.lock. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EtlError, type Where } from "../../../util/error.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";

export interface Requirement {
  /** As pip compares names: small letters, and one `-` for each run of `-`, `_` and `.`. */
  name: string;
  /** The only version that will do; undefined where others will, too. */
  version: string | undefined;
  where: Where;
}

export interface Requirements {
  /** As it is written in pipeline.yaml. */
  path: string;
  packages: Requirement[];
}

/** @throws {EtlError} `invalid` where the file is not there */
export async function readRequirements(path: string, pipeline: LoadedPipeline, at: Where): Promise<Requirements> {
  const shown = pipeline.show(path);
  const text = await readFile(join(pipeline.folder, path), "utf8").catch((cause: unknown) => {
    throw new EtlError({
      code: "invalid",
      message: `there is no file ${shown}`,
      hint: "Write what the models need into it, a line each: pandas==3.0.0. Or remove `requirements`.",
      where: at,
      cause,
    });
  });
  const packages = basename(path).endsWith(".lock") ? lockedPackages(text, shown) : listedPackages(text, shown);
  return { path, packages };
}

/** The lines of requirements.txt that name a package. Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
function listedPackages(text: string, file: string): Requirement[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((first, i) => {
    // The rest of a requirement whose line ends with a backslash says nothing of its version.
    if (lines[i - 1]?.endsWith("\\")) return [];
    const line = first.replace(/\\$/, "");
    const said = line.replace(/(^|\s)#.*/, "").trim();
    // Options, other files and addresses; what holds on some machines only.
    if (said === "" || said.startsWith("-") || said.includes(";") || / @ |:\/\//.test(said)) return [];
    const [, name, specifiers = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$/.exec(said) ?? [];
    if (name === undefined) return [];
    const pinned = /^\(?===?\s*([^\s,*)]+)\)?(?:\s|$)/.exec(specifiers)?.[1];
    return [{ name: plainName(name), version: pinned, where: { file, line: i + 1 } }];
  });
}

/** The project's own dependencies in uv.lock, with the versions that are locked. Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile */
function lockedPackages(text: string, file: string): Requirement[] {
  const packages = text.split(/^\[\[package\]\]$/m).slice(1);
  const versions = new Map<string, string[]>();
  for (const part of packages) {
    const name = plainName(field(part, "name") ?? "");
    versions.set(name, [...(versions.get(name) ?? []), field(part, "version") ?? ""]);
  }
  const own = packages.filter((part) => /^source = \{ (virtual|editable) = /m.test(part));
  const wanted = own.flatMap((part) => {
    const list = /^dependencies = \[([\s\S]*?)^\]/m.exec(part)?.[1] ?? "";
    const always = list.split("\n").filter((line) => !line.includes("marker = "));
    return always.flatMap((line) => /name = "([^"]+)"/.exec(line)?.[1] ?? []);
  });
  return [...new Set(wanted.map(plainName))].map((name) => {
    const locked = versions.get(name) ?? [];
    return { name, version: locked.length === 1 ? locked[0]! || undefined : undefined, where: { file } };
  });
}

function field(part: string, name: string): string | undefined {
  return new RegExp(`^${name} = "([^"]+)"`, "m").exec(part)?.[1];
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

export function isListed(name: string, { packages }: Requirements): boolean {
  return packages.some((one) => one.name === plainName(name));
}

/** The command that installs what a file lists. */
export function installCommand(python: string, path: string): string {
  return basename(path) === "uv.lock" ? "uv sync" : `${python} -m pip install -r ${path}`;
}
