/** `spec:` with everything that belongs below it beside it: told as one mistake, even where the file is not YAML any more. */
import type { Problem } from "../../util/error.ts";

interface Lost {
  /** Lines count from 1. */
  spec: number;
  first: number;
  last: number;
}

/** What the parser makes of the lines that have slipped out is a consequence; a tab is not. */
export function withLostIndentation({
  text,
  file,
  problems,
}: {
  text: string;
  file: string;
  problems: readonly Problem[];
}): Problem[] {
  return lostIn(text).reduce<Problem[]>((found, lost) => told({ lost, file, problems: found }), [...problems]);
}

function told({ lost, file, problems }: { lost: Lost; file: string; problems: Problem[] }): Problem[] {
  const hint = `Indent lines ${lost.first} to ${lost.last} below \`spec:\`, each by two spaces.`;
  const isHere = ({ where }: Problem) => (where?.line ?? 0) >= lost.spec && (where?.line ?? 0) <= lost.last;
  if (!problems.some((problem) => isHere(problem) && problem.rule === "yaml-syntax"))
    return problems.map((problem) =>
      problem.where?.line === lost.spec && isHere(problem) ? { ...problem, hint } : problem,
    );
  const others = problems.filter((one) => !isHere(one) || one.rule !== "yaml-syntax" || one.message.includes("Tabs"));
  const message = "nothing is indented below `spec:`";
  const where = { file, line: lost.spec, column: 1 };
  return [...others, { severity: "error", rule: "yaml-syntax", message, hint, where }];
}

const isSaid = (line: string) => line.trim() !== "" && !line.trim().startsWith("#");

function lostIn(text: string): Lost[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, spec) => {
    if (!/^spec:\s*(#.*)?$/.test(line)) return [];
    const first = lines.findIndex((other, i) => i > spec && isSaid(other));
    if (first < 0 || !/^[A-Za-z]/.test(lines[first]!)) return [];
    const end = lines.findIndex((other, i) => i > spec && /^(---|\.\.\.)/.test(other));
    const last = lines.findLastIndex((other, i) => (end < 0 || i < end) && isSaid(other));
    return [{ spec: spec + 1, first: first + 1, last: last + 1 }];
  });
}
