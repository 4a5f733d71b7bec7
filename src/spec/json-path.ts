/** JSON paths, as far as a stream of any length can be read by them: keys, places, and all elements. `$.data[*]`. */
import { z } from "zod";

export type Step = { kind: "key"; key: string } | { kind: "index"; index: number } | { kind: "all" };

export interface PathProblem {
  problem: string;
  hint: string;
}

const stepPattern =
  /\.(?<key>[\p{L}_][\p{L}\p{N}_-]*)|\[(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<index>\d{1,9})|(?<all>\*))\]/uy;

/** The steps of `$.a['b c'][0][*]`; or why it has none. */
export function parseJsonPath(text: string): Step[] | PathProblem {
  if (!text.startsWith("$"))
    return {
      problem: `\`${text}\` does not begin with \`$\``,
      hint: `Write \`${guessed(text)}\`: $ is the whole answer.`,
    };
  const steps: Step[] = [];
  for (let at = 1; at < text.length; at = stepPattern.lastIndex) {
    stepPattern.lastIndex = at;
    const groups = stepPattern.exec(text)?.groups;
    if (!groups) return unknownStep(text, at);
    steps.push(stepOf(groups));
  }
  return steps;
}

/** The steps of a path that was found to be one. */
export function stepsOf(text: string): Step[] {
  const steps = parseJsonPath(text);
  if ("problem" in steps) throw new TypeError(steps.problem);
  return steps;
}

function stepOf({ key, double, single, index, all }: Record<string, string | undefined>): Step {
  if (all !== undefined) return { kind: "all" };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  return { kind: "key", key: key ?? double ?? single ?? "" };
}

function unknownStep(text: string, at: number): PathProblem {
  const rest = text.slice(at);
  const hint = /^\.\.|^\[\?|^\[-|:/.test(rest)
    ? "An answer is read from its beginning to its end, once: filter and choose in a model."
    : "Steps are .key, ['a key'], [0] and [*]: $.data[*].";
  return { problem: `\`${text}\` is no JSON path that can be read: \`${rest}\``, hint };
}

function guessed(text: string): string {
  const path = text.replace(/^[./]+/, "").replaceAll("/", ".");
  return path.startsWith("[") ? `$${path}` : `$.${path}`;
}

export const jsonPathSchema = z.string().superRefine((text, context) => {
  const parsed = parseJsonPath(text);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem, params: { hint: parsed.hint } });
});
