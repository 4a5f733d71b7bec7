/** `# nais-etl-ignore rule: reason` switches a rule off for its line, or, alone on a line, for the next one. */
import type { Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";

interface Directive {
  file: string;
  /** Where it stands, and which line it is for. */
  line: number;
  column: number;
  target: number;
  rules: string[];
  reason: string;
}

const directive = /#\s*nais-etl-ignore\b[ \t]*([\w ,-]*?)\s*(?::[ \t]*(.*))?$/;

interface IgnoreOptions {
  /** The file as it was written. */
  text: string;
  file: string;
  problems: readonly Problem[];
  /** Names of the rules that may be switched off. What the platform's own schema refuses stays refused. */
  known: readonly string[];
}

/** The problems that are left, and those of the directives themselves. */
export function applyIgnores({ text, file, problems, known }: IgnoreOptions): Problem[] {
  const directives = [...directivesIn(text, file)];
  if (directives.length === 0) return [...problems];
  const used = new Set<Directive>();
  const kept = problems.filter((problem) => {
    const found = known.includes(problem.rule ?? "") && directives.find((one) => isFor(one, problem));
    if (found) used.add(found);
    return !found;
  });
  return [...kept, ...directives.flatMap((one) => directiveProblems({ one, known, isUsed: used.has(one) }))];
}

function* directivesIn(text: string, file: string): Generator<Directive> {
  const lines = text.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const match = directive.exec(line);
    if (!match) continue;
    const isAlone = line.slice(0, match.index).trim() === "";
    const next = lines.findIndex((other, j) => j > i && other.trim() !== "" && !other.trim().startsWith("#"));
    const rules = (match[1] ?? "").split(/[\s,]+/).filter(Boolean);
    yield {
      file,
      line: i + 1,
      column: match.index + 1,
      target: isAlone ? next + 1 : i + 1,
      rules,
      reason: (match[2] ?? "").trim(),
    };
  }
}

function isFor({ target, rules, reason }: Directive, { where, rule }: Problem): boolean {
  return reason !== "" && where?.line === target && rules.includes(rule ?? "");
}

function directiveProblems({
  one,
  known,
  isUsed,
}: {
  one: Directive;
  known: readonly string[];
  isUsed: boolean;
}): Problem[] {
  const where = { file: one.file, line: one.line, column: one.column };
  const problem = (message: string, hint: string): Problem => ({
    severity: "warning",
    rule: "ignore",
    message,
    hint,
    where,
  });
  const unknown = one.rules.find((rule) => !known.includes(rule));
  if (one.rules.length === 0) return [problem("nais-etl-ignore names no rule", "Write `# nais-etl-ignore RULE: why`.")];
  if (unknown !== undefined)
    return [problem(`\`${unknown}\` is not a rule that can be switched off`, didYouMean(unknown, known))];
  if (one.reason === "")
    return [
      problem(
        "nais-etl-ignore gives no reason, and has no effect",
        `Write \`# nais-etl-ignore ${one.rules.join(", ")}: why\`.`,
      ),
    ];
  return isUsed
    ? []
    : [
        problem(
          `nothing is ignored here: \`${one.rules.join(", ")}\` finds nothing on this line`,
          "Remove the comment.",
        ),
      ];
}
