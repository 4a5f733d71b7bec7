import type { Line } from "../read.ts";
import type { DockerfileRule } from "../rule.ts";

export const entrypointShell: DockerfileRule = {
  name: "entrypoint-shell",
  severity: "warning",
  title: "Signals do not reach the program",
  why: "Without brackets a shell starts the program, and keeps the signals for itself: told to stop, the program goes on until it is killed in the middle of its work.",
  cure: 'Write it as a list: `CMD ["python", "main.py"]`. Where it needs a shell, for a variable say, begin with exec: `CMD exec python main.py $PORT`.',
  bad: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069\nCMD python main.py",
  good: 'FROM python:3.13-slim@sha256:DIGEST\nUSER 1069\nCMD ["python", "main.py"]',
  *check({ image }) {
    for (const keyword of ["ENTRYPOINT", "CMD"]) {
      const line = image.findLast((one) => one.keyword === keyword);
      if (line && !line.isList && line.words.length > 0 && line.words[0] !== "exec" && !line.words[0]!.startsWith("["))
        yield {
          line,
          message: `\`${keyword}\` without brackets: a shell starts it, and keeps its signals`,
          ...asList(line),
        };
    }
  },
};

/** Of words that mean nothing to a shell. */
function asList({ keyword, words }: Line): { hint?: string } {
  const isPlain = words.every((word) => /^[\w./:@%+,=-]+$/.test(word)) && !words[0]!.includes("=");
  const list = words.map((word) => JSON.stringify(word)).join(", ");
  return isPlain ? { hint: `Write it as a list: \`${keyword} [${list}]\`.` } : {};
}

export const envUnset: DockerfileRule = {
  name: "env-unset",
  severity: "warning",
  title: "A variable is set to nothing",
  why: "`ENV NAME $NAME` takes its value from an ARG or ENV above it: without one it is empty in the image, whatever your own shell had in it. Only the manifest, or `docker run`, gives it a value then.",
  cure: "Remove the line, or declare `ARG NAME` above it and give it to the build.",
  bad: "FROM node:24-slim@sha256:DIGEST\nENV PRG_NAME $PRG_NAME\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nARG PRG_NAME=nightly\nENV PRG_NAME=$PRG_NAME\nUSER 1069",
  *check({ stages }) {
    for (const { lines } of stages)
      for (const [i, line] of lines.entries()) {
        if (line.keyword !== "ENV") continue;
        const known = new Set(lines.slice(0, i).flatMap(({ settings }) => settings.map(({ name }) => name)));
        for (const { name, value = "" } of line.settings)
          if ((value === `$${name}` || value === `\${${name}}`) && !known.has(name))
            yield {
              line,
              word: name,
              message: `\`${name}\` is set to itself, and nothing above gives it a value: it is empty`,
            };
      }
  },
};
