/** Checks pipeline.yaml as one target sees it. */
import { z } from "zod";
import type { Problem, Where } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { consistencyProblems } from "./consistency.ts";
import type { Path, SourceDocument } from "./document.ts";
import { commaHint, formatPath, toProblems } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { pipelineSchema, targetsSchema } from "./pipeline.ts";
import { findReferences } from "./reference.ts";
import { mergeTarget, takenInVain, type TakenAway } from "./target.ts";
import { isPlainObject } from "./value.ts";

type Locate = (path: Path, key?: string) => Where;

/** The targets that can be merged, and what is wrong with the others. */
export function readTargets(document: SourceDocument, raw: Record<string, unknown>) {
  const { error } = z.looseObject({ targets: targetsSchema.optional() }).safeParse(raw, { reportInput: true });
  const problems = toProblems(error?.issues ?? [], {
    locate: (path, key) => document.where(path, key),
    allowedKeys: () => [],
  });
  const declared = isPlainObject(raw["targets"]) ? Object.entries(raw["targets"]) : [];
  return { targets: Object.fromEntries(declared.filter(([, part]) => isPlainObject(part))), problems };
}

/** The file with a target's part merged over it, and all that is wrong with it. */
export function validateTarget(document: SourceDocument, raw: Record<string, unknown>, target: string) {
  const { base, over } = partsFor(raw, target);
  const merged = mergeTarget(base, over) as Record<string, unknown>;
  const where = locator(document, target);
  const allowedKeys = (path: Path) => knownKeys(pipelineSchema, path, merged);
  const isAlone = (path: Path, key: string) =>
    document.isAlone(path, key) || document.isAlone(["targets", target, ...path], key);
  const vain = [...takenInVain(base, over)].flatMap((taken) =>
    vainProblem(taken, { known: allowedKeys(taken.path), where, isAlone: isAlone(taken.path, taken.key) }),
  );
  const result = pipelineSchema.safeParse(merged, { reportInput: true });
  if (result.success) {
    return { raw: merged, spec: result.data, where, problems: [...vain, ...consistencyProblems(result.data, where)] };
  }
  const problems = toProblems(result.error.issues, { locate: where, allowedKeys, isAlone });
  // References stand in texts of any shape, so that they can be looked at already.
  return {
    raw: merged,
    spec: undefined,
    where,
    problems: [...vain, ...problems, ...findReferences(merged, where).problems],
  };
}

function partsFor(raw: Record<string, unknown>, target: string) {
  const { targets, ...base } = raw;
  const over = isPlainObject(targets) ? targets[target] : undefined;
  return { base, over: isPlainObject(over) ? over : {} };
}

interface Vain {
  /** The keys that may stand there. */
  known: readonly string[];
  where: Locate;
  isAlone: boolean;
}

/** Taking away `schedule` where there is none does no harm; taking away `schedul` is a slip, and so is a name that is not there. */
function vainProblem({ path, key, present }: TakenAway, { known, where, isAlone }: Vain): Problem[] {
  const isNameless = known.length === 0 && (path.length !== 1 || path[0] === "nais");
  if (known.includes(key) || isNameless) return [];
  const holder = path.length === 0 ? "" : ` in \`${formatPath(path)}\``;
  const problem: Problem = {
    severity: "error",
    rule: "unknown-key",
    message: `the target takes away \`${key}\`, which is not there${holder}`,
    hint: isAlone ? commaHint : didYouMean(key, known.length === 0 ? present : known),
    where: where(path, key),
  };
  return [problem];
}

/** A value's place is in the target where that says more of its path than the file itself does, or as much. */
function locator(document: SourceDocument, target: string): Locate {
  const depth = (path: Path) => path.findLastIndex((_, i) => document.has(path.slice(0, i + 1))) + 1;
  return (path, key) => {
    const whole = key === undefined ? path : [...path, key];
    const over = ["targets", target];
    const said = depth([...over, ...whole]) - over.length;
    return said > 0 && said >= depth(whole) ? document.where([...over, ...path], key) : document.where(path, key);
  };
}
