import type { DockerfileRule } from "../rule.ts";

export const localRun: DockerfileRule = {
  name: "local-run",
  severity: "warning",
  title: "What a local run has written is copied into the image",
  why: "Tables, records and output files of somebody's own machine hold data, and everyone who can fetch the image can read them. And where such a folder belongs to root, a run in the pod cannot write into it.",
  cure: "Write it into `.dockerignore`. `nais-etl build` leaves it out by itself, unless a line with `!` brings it back; other builders read that file alone.",
  bad: "FROM node:24-slim@sha256:DIGEST\nCOPY . /app/\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nCOPY pipeline.yaml /app/\nCOPY models/ /app/models/\nUSER 1069",
  *check({ stages }, { written = [] }) {
    for (const line of stages.flatMap(({ lines }) => lines)) {
      if ((line.keyword !== "COPY" && line.keyword !== "ADD") || line.flags.has("from")) continue;
      for (const word of line.words.slice(0, -1)) {
        const taken = written.filter((path) => isCopied(path, word));
        if (taken.length === 0) continue;
        const names = taken.map((path) => `\`${path}\``).join(", ");
        const hint = `Write it into \`.dockerignore\`: ${names}. \`nais-etl build\` leaves it out by itself, unless a line with \`!\` brings it back.`;
        yield { line, word, message: `\`${word}\` copies what local runs write into the image: ${names}`, hint };
      }
    }
  },
};

/** Whether a path lies in what is copied, or is it. */
function isCopied(path: string, word: string): boolean {
  const from = word.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  return ["", ".", "*"].includes(from) || path === from || path.startsWith(`${from}/`);
}
