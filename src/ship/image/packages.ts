/** Packages that a pipeline brings besides those of the runtime image. Without a lock file there is no image. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runtimePackages } from "../../spec/runtime-packages.ts";
import type { Problem } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import type { Packages } from "./generate.ts";

export interface FoundPackages {
  packages: Packages[];
  problems: Problem[];
}

interface Places {
  /** The folder that is built, absolute. */
  folder: string;
  /** How a file in it is shown. */
  show: (path: string) => string;
}

export async function findPackages(places: Places): Promise<FoundPackages> {
  const found = await Promise.all([npmPackages(places), pipPackages(places)]);
  return { packages: found.flatMap(({ packages }) => packages), problems: found.flatMap(({ problems }) => problems) };
}

const none: FoundPackages = { packages: [], problems: [] };

async function npmPackages({ folder, show }: Places): Promise<FoundPackages> {
  const manifest = "package.json";
  const text = await readFile(join(folder, manifest), "utf8").catch(() => undefined);
  if (text === undefined || !needsPackages(text)) return none;
  for (const lock of ["npm-shrinkwrap.json", "package-lock.json"])
    if (await exists(join(folder, lock))) return { packages: [{ kind: "npm", manifest, lock }], problems: [] };
  return refused({
    message: "its packages have no lock file of npm: which versions would be in the image is not known",
    hint: "Make one with `npm install --package-lock-only`, and commit package-lock.json.",
    file: show(manifest),
  });
}

/** The runtime image holds nais-etl itself. */
function needsPackages(text: string): boolean {
  try {
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    return Object.keys(dependencies).some((name) => name !== "nais-etl");
  } catch {
    return true;
  }
}

async function pipPackages({ folder, show }: Places): Promise<FoundPackages> {
  const lock = "requirements.txt";
  const text = await readFile(join(folder, lock), "utf8").catch(() => undefined);
  if (text === undefined) return uvOnly({ folder, show });
  const loose = [...looseRequirements(text)].filter(({ requirement }) => !isOfImage(requirement));
  const problems = loose.map(({ line, requirement }): Problem => ({
    severity: "error",
    rule: "lock-file",
    message: `\`${requirement}\` has no exact version: which one would be in the image is not known`,
    hint: `Write the version: \`${requirement.split(/[<>=~!;[ ]/)[0]}==…\`. \`python3 -m pip freeze\` prints those that are installed; \`uv pip compile\` finds them.`,
    where: { file: show(lock), line, column: 1 },
  }));
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(#.*)?$/.test(line));
  const packages: Packages[] = [{ kind: "pip", lock, isInImage: lines.every((line) => isOfImage(line)) }];
  return { packages: lines.length === 0 ? [] : packages, problems };
}

/** `pandas`, `pandas>=2.2`: which one that is, the runtime image says. */
function isOfImage(requirement: string): boolean {
  const [, name = ""] = /^([\w.-]+)\s*(?:>=\s*[\w.]+\s*)?(?:#.*)?$/.exec(requirement) ?? [];
  return runtimePackages.has(name.toLowerCase());
}

async function uvOnly({ folder, show }: Places): Promise<FoundPackages> {
  if (!(await exists(join(folder, "uv.lock")))) return none;
  return refused({
    message: "the image is built from requirements.txt, and there is only uv.lock",
    hint: "Write it with `uv export --frozen --no-dev --no-emit-project --output-file requirements.txt`, and commit it.",
    file: show("uv.lock"),
  });
}

/** Lines of requirements.txt that leave the version open. Options, files and addresses with a hash or a commit do not. */
function* looseRequirements(text: string): Generator<{ line: number; requirement: string }> {
  const lines = text.replaceAll("\\\n", " \u0000").split("\n");
  let number = 1;
  for (const line of lines) {
    const requirement = line
      .replaceAll("\u0000", "")
      .replace(/(^|\s)#.*$/, "")
      .trim();
    const isOption = requirement.startsWith("-");
    const isExact = /^[\w.-]+(\[[^\]]*\])?\s*===?\s*[^*,\s]+(\s*;.*)?(\s+--hash=.*)?$/.test(requirement);
    if (requirement !== "" && !isOption && !isExact && !/@\s*\S+/.test(requirement))
      yield { line: number, requirement: requirement.split(/\s+--hash/)[0]! };
    number += 1 + line.split("\u0000").length - 1;
  }
}

function refused({ message, hint, file }: { message: string; hint: string; file: string }): FoundPackages {
  return { packages: [], problems: [{ severity: "error", rule: "lock-file", message, hint, where: { file } }] };
}
