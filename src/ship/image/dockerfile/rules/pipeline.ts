import { posix } from "node:path";
import type { DockerfileRule } from "../rule.ts";

/** They run the program that is named behind them, and without one they end at once, and well. */
const interpreters = /^(?:python[\d.]*|node|java|Rscript|bash|sh|dbt|papermill|jupyter)$/;

export const otherProgram: DockerfileRule = {
  name: "other-program",
  severity: "error",
  title: "The image of a pipeline starts another program",
  why: "The Naisjob starts what the image starts. Where that is the old script, the job is green, and the script has written the tables: nothing that pipeline.yaml says was done, and none of its checks.",
  cure: 'Delete the Dockerfile: `nais-etl build` makes one. Or build on the runtime image (docs/image.md), without ENTRYPOINT and CMD; or install nais-etl in yours, and end it with `ENTRYPOINT ["npx", "nais-etl"]` and `CMD ["run"]`.',
  bad: 'FROM python:3.13-slim@sha256:DIGEST\nCOPY main.py .\nUSER 1069\nCMD ["python", "main.py"]',
  good: 'FROM node:24-slim@sha256:DIGEST\nCOPY package.json package-lock.json pipeline.yaml ./\nRUN npm ci\nUSER 1069\nENTRYPOINT ["npx", "nais-etl"]\nCMD ["run"]',
  *check({ image, stages }, { isPipeline = false }) {
    if (!isPipeline) return;
    const last = (keyword: string) => image.findLast((line) => line.keyword === keyword);
    const started = [last("ENTRYPOINT"), last("CMD")].filter((line) => line !== undefined);
    const words = started.flatMap((line) => line.words);
    const bases = stages.map(({ base }) => base);
    if ([...words, ...bases.map(({ text }) => text)].some((text) => text.includes("nais-etl"))) return;
    const [program] = words;
    const [line] = started;
    if (
      line &&
      interpreters.test(posix.basename(program ?? "")) &&
      !words.some((word) => word === "-c" || word === "-e")
    )
      yield { line, message: `the image starts \`${words.join(" ")}\`, and not the pipeline` };
    else if (!line && !bases.some(({ isOpen }) => isOpen))
      yield {
        line: stages.at(-1)!.from,
        message: `the image starts what \`${bases.at(-1)!.text}\` starts, and not the pipeline`,
        severity: "warning",
      };
  },
};
