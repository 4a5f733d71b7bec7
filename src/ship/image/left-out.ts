/** What of a folder is left out of its image: lines of a `.dockerignore`, and what they match. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** May hold secrets or rows, and no image needs it. A line of the team's own list that begins with `!` brings it back. */
const neverInside = [
  "**/.env",
  "**/.env.*",
  "!**/.env.example",
  "!**/.env.sample",
  "!**/.env.template",
  "**/.netrc",
  "**/.git-credentials",
  "**/id_rsa",
  "**/id_ecdsa",
  "**/id_ed25519",
  "**/.nais-etl",
];

/** Of a folder whose Dockerfile is generated, besides: what no run needs, and what is mostly a key. */
const neverNeeded = [
  "**/.env.*",
  "**/.git",
  "**/.github",
  "**/.nais",
  "**/.venv",
  "**/venv",
  "**/__pycache__",
  "**/node_modules",
  "**/.pytest_cache",
  "**/*.pem",
  "**/*.key",
  "**/.npmrc",
  "**/Dockerfile*",
  "**/*.Dockerfile",
  "**/.dockerignore",
  "**/.gitignore",
  "**/README.md",
  "**/sbom.cdx.json",
];

/** The team's own list stands behind ours: the last line that matches counts. */
export interface LeftOut {
  /** Below the folder: what runs on this machine write. */
  written: readonly string[];
  own: readonly string[];
}

/** @param paths files below the folder that a run never reads */
export function leftOutOfGenerated(paths: readonly string[], { written, own }: LeftOut): string[] {
  return [...neverInside, ...neverNeeded, ...paths.toSorted(), ...written, ...own];
}

export function leftOutOfOwn({ written, own }: LeftOut): string[] {
  return [...neverInside, ...written, ...own];
}

/**
 * The team's own list, as builders look for it.
 * Source: https://docs.docker.com/build/concepts/context/#filename-and-location
 */
export async function readOwnList({ folder, dockerfile }: { folder: string; dockerfile: string }): Promise<string[]> {
  for (const path of [`${dockerfile}.dockerignore`, join(folder, ".containerignore"), join(folder, ".dockerignore")]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text.split(/\r?\n/).filter(isRule);
  }
  return [];
}

function isRule(line: string): boolean {
  return line.trim() !== "" && !line.startsWith("#");
}

/**
 * Whether a path below the folder, with `/`, is left out: what matches a folder holds for all in it.
 * Source of the rules: https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function matchLeftOut(lines: readonly string[]): (path: string) => boolean {
  const rules = lines.map((line) => {
    const isBack = line.startsWith("!");
    return { isBack, pattern: patternOf(line.slice(isBack ? 1 : 0)) };
  });
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isBack === false;
}

/** Which of these paths are not left out; of a folder whose content is, nothing is left. */
export function takenAlong(paths: readonly string[], lines: readonly string[]): string[] {
  const isLeftOut = matchLeftOut(lines);
  return paths.filter((path) => !isLeftOut(path) && !isLeftOut(`${path}/…`));
}

const wildcards: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

function patternOf(rule: string): RegExp {
  const plain = rule
    .trim()
    .replace(/^(\.?\/)+/, "")
    .replace(/\/+$/, "");
  const source = plain.replaceAll(
    /\*\*\/|\*\*|\*|\?|\[[^\]]+\]|\\(.)|[$()+.^{|}\]]/g,
    (part, escaped: string | undefined) => wildcards[part] ?? (part.startsWith("[") ? part : `\\${escaped ?? part}`),
  );
  return new RegExp(`^${source}(?:/.*)?$`, "s");
}
