import type { Line } from "../read.ts";
import type { DockerfileRule } from "../rule.ts";

export const lockFile: DockerfileRule = {
  name: "lock-file",
  severity: "warning",
  title: "Packages are installed without a lock file",
  why: "Whatever was newest on the day of the build is in the image: what the tests saw yesterday is not what runs tonight.",
  cure: "npm: commit package-lock.json, and write `npm ci --omit=dev`. pip: `pip install -r requirements.txt`, with a version to each, as `uv pip compile` or `pip freeze` write it.",
  bad: "FROM node:24-slim@sha256:DIGEST\nCOPY package.json ./\nRUN npm install\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nUSER 1069",
  *check({ stages }) {
    for (const line of stages.flatMap(({ lines }) => lines)) {
      if (line.keyword !== "RUN") continue;
      for (const command of commandsOf(line)) {
        const what = unlocked(command);
        if (what) yield { line, word: command[0]!, message: what };
      }
    }
  },
};

/** The commands of a line, each as its words: `a && b; c | d`. */
function commandsOf({ words }: Line): string[][] {
  const commands: string[][] = [[]];
  for (const word of words) {
    const ends = /^(&&|\|\||;|\|)$/.test(word);
    if (!ends) commands.at(-1)!.push(word.replace(/;$/, ""));
    if (ends || word.endsWith(";")) commands.push([]);
  }
  return commands.filter((command) => command.length > 0);
}

function unlocked(words: string[]): string | undefined {
  const text = words.join(" ");
  if (/(^| )npm (install|i|add)( |$)/.test(text) && !/ (-g|--global|--location=global)( |$)/.test(text))
    return "`npm install` takes what is newest where the lock file does not say: `npm ci` takes what it says, or fails";
  if (/(^| )yarn( install)?$/.test(text)) return "`yarn install` without `--immutable` may change the lock file";
  if (/(^| )pip3? install /.test(text)) return unpinned(words);
  return undefined;
}

/** `pip install pandas` and `pandas>=2` are what is newest; so is nothing of a file, a folder or an exact version. */
function unpinned(words: string[]): string | undefined {
  const given = words.slice(words.indexOf("install") + 1);
  const names = given.filter((word, i) => !word.startsWith("-") && !takesValue.test(given[i - 1] ?? ""));
  const loose = names.filter(
    (name) => /^[A-Za-z][\w.-]*(\[[^\]]*\])?([<>~!]=?[^=].*)?$/.test(name) && !tools.has(name),
  );
  return loose.length > 0 ? `pip takes what is newest of ${loose.map((name) => `\`${name}\``).join(", ")}` : undefined;
}

const takesValue =
  /^(-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-f|--find-links|-t|--target|-e|--editable|--prefix|--root|--platform|--python-version)$/;
/** What installs the rest is often wanted new. */
const tools = new Set(["pip", "setuptools", "wheel", "uv", "poetry"]);
