/** Everything that is wrong with a Dockerfile. */
import type { Problem } from "../../../util/error.ts";
import { applyIgnores } from "../../ignore.ts";
import { readDockerfile, type Dockerfile } from "./read.ts";
import type { DockerfileRule, Situation } from "./rule.ts";
import { dockerfileRules } from "./rules.ts";

export interface LintOptions extends Situation {
  text: string;
  /** As it is shown. */
  file: string;
}

/** In the order of the file. */
export function lintDockerfile({ text, file, ...situation }: LintOptions): Problem[] {
  const dockerfile = readDockerfile(text, file);
  if (dockerfile.stages.length === 0) return [noStage(file)];
  const problems = dockerfileRules
    .filter(({ profile = situation.profile }) => profile === situation.profile)
    .flatMap((rule) => problemsOf(rule, dockerfile, situation));
  const left = applyIgnores({ text, file, problems, known: dockerfileRules.map(({ name }) => name) });
  return left.toSorted((a, b) => a.where!.line! - b.where!.line! || a.where!.column! - b.where!.column!);
}

function noStage(file: string): Problem {
  const hint = "A Dockerfile begins with the image that it builds on: `FROM node:24-slim`.";
  return { severity: "error", rule: "no-base", message: "there is no FROM", hint, where: { file, line: 1, column: 1 } };
}

function problemsOf(rule: DockerfileRule, dockerfile: Dockerfile, situation: Situation): Problem[] {
  const { name, cure } = rule;
  return [...rule.check(dockerfile, situation)].map(
    ({ line, word, message, hint = cure, severity = rule.severity }) => ({
      severity,
      rule: name,
      message,
      hint,
      where: dockerfile.where(line, word),
    }),
  );
}
