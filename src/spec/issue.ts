/** From zod's issues to problems that name place, value seen, and cure. */
import type { z } from "zod";
import { nearest } from "../util/suggest.ts";
import type { Problem, Where } from "../util/error.ts";
import type { Path } from "./document.ts";

type Issue = z.core.$ZodIssue;
type Locate = (path: Path, key?: string) => Where;

export interface IssueContext {
  locate: Locate;
  /** Names allowed in the object at a path; for suggestions. */
  allowedKeys: (path: Path) => readonly string[];
  /** Whether a key stands alone between the commas of { }: more likely the rest of a text than a key. */
  isAlone?: (path: Path, key: string) => boolean;
}

export const commaHint = "A comma ends a text inside { }: quote it.";

export function toProblems(issues: readonly Issue[], context: IssueContext): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, context));
}

function problemsOf(issue: Issue, { locate, allowedKeys, isAlone = () => false }: IssueContext): Problem[] {
  const { path } = issue;
  const name = formatPath(path);
  const seen = isSecretPlace(path) ? kindOf(issue.input) : show(issue.input);
  const problem = (rule: string, message: string, hint?: string, where = locate(path)): Problem => ({
    severity: "error",
    rule,
    message,
    ...(hint && { hint }),
    where,
  });
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = allowedKeys(path);
      return issue.keys.map((key) => {
        const hint = isAlone(path, key) ? commaHint : suggestKey(key, known);
        return problem("unknown-key", unknownKey(key, name), hint, locate(path, key));
      });
    }
    case "invalid_type":
      if (issue.input === undefined)
        return [
          problem(
            "missing-key",
            `\`${name}\` is missing`,
            `Add \`${String(path.at(-1))}:\` here, ${expected(issue.expected)}.`,
          ),
        ];
      return [
        problem(
          "wrong-type",
          `\`${name}\` is ${seen}, not ${expected(issue.expected)}`,
          isSecretPlace(path) ? secretHint : typeHint(issue.expected, issue.input),
        ),
      ];
    case "invalid_value": {
      // An empty text may be allowed: nobody needs to be told to write one.
      const values = issue.values.map(String).filter((value) => value !== "");
      if (issue.input === undefined)
        return [problem("missing-key", `\`${name}\` is missing`, `One of ${values.join(", ")}.`)];
      const near = typeof issue.input === "string" ? nearest(issue.input, values) : undefined;
      return [
        problem(
          "wrong-value",
          `\`${name}\` is ${seen}, which is not one of ${values.join(", ")}`,
          near && `Did you mean \`${near}\`?`,
        ),
      ];
    }
    case "invalid_union":
      return [unionProblem(issue, name, seen, problem, locate)];
    case "invalid_key":
      return issue.issues.map((inner) =>
        problem(
          "wrong-name",
          `\`${String(path.at(-1))}\` ${inner.message}`,
          undefined,
          locate(path.slice(0, -1), String(path.at(-1))),
        ),
      );
    case "custom":
      return [
        problem("wrong-value", inSentence(name, issue.message, seen), issue.params?.["hint"] as string | undefined),
      ];
    case "too_small":
    case "too_big":
      return [
        problem(
          "wrong-value",
          issue.message.startsWith("Too")
            ? `\`${name}\` is ${seen}: ${bound(issue)}`
            : inSentence(name, issue.message, seen),
        ),
      ];
    default:
      return [problem("wrong-value", inSentence(name, issue.message, seen))];
  }
}

function unionProblem(
  issue: Extract<Issue, { code: "invalid_union" }>,
  name: string,
  seen: string,
  problem: (rule: string, message: string, hint?: string, where?: Where) => Problem,
  locate: Locate,
): Problem {
  const discriminator = (issue as { discriminator?: string }).discriminator;
  if (discriminator === undefined)
    return problem("wrong-type", `\`${name}\` is ${seen}, which does not fit here`, alternatives(issue));
  const options = ((issue as { options?: unknown[] }).options ?? []).map(String);
  const value = (issue.input as Record<string, unknown> | undefined)?.[discriminator];
  const holder = issue.path.at(-1) === discriminator ? issue.path.slice(0, -1) : issue.path;
  const key = `${formatPath(holder)}.${discriminator}`;
  if (value === undefined)
    return problem(
      "missing-key",
      `\`${key}\` is missing`,
      options.length > 0 ? `One of ${options.join(", ")}.` : undefined,
      locate([...holder, discriminator]),
    );
  const near = typeof value === "string" ? nearest(value, options) : undefined;
  const list = options.length > 0 ? `, which is not one of ${options.join(", ")}` : ", which is not known";
  return problem(
    "wrong-value",
    `\`${key}\` is ${isSecretPlace(holder) ? kindOf(value) : show(value)}${list}`,
    near && `Did you mean \`${near}\`?`,
    locate([...holder, discriminator]),
  );
}

function alternatives(issue: Extract<Issue, { code: "invalid_union" }>): string {
  const kinds = issue.errors.flatMap((errors) =>
    errors.filter((e) => e.code === "invalid_type" || e.code === "invalid_value"),
  );
  const words = kinds.map((error) =>
    error.code === "invalid_value" ? error.values.map(String).join(" or ") : expected(error.expected),
  );
  return words.length > 0
    ? `Write ${[...new Set(words)].join(", or ")}.`
    : "See the reference for what may stand here.";
}

function unknownKey(key: string, holder: string): string {
  return holder === "" ? `unknown key \`${key}\`` : `unknown key \`${key}\` in \`${holder}\``;
}

function suggestKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near) return `Did you mean \`${near}\`?`;
  return known.length > 0 ? `Known here: ${known.join(", ")}.` : "Remove it.";
}

/** Messages in the schemas are written to follow a value: "is not a duration". */
function inSentence(name: string, message: string, seen: string): string {
  if (/^(is|needs|has) /.test(message))
    return message.startsWith("is ")
      ? `\`${name}\` ${message.replace(/^is /, `(${seen}) is `)}`
      : `\`${name}\` ${message}`;
  return message.includes("`") ? message : `\`${name}\`: ${message}`;
}

function expected(type: string): string {
  const words: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a map of keys and values",
    record: "a map of names and values",
    nonoptional: "a value",
  };
  return words[type] ?? type;
}

function typeHint(type: string, input: unknown): string | undefined {
  if (type === "string" && (typeof input === "number" || typeof input === "boolean"))
    return `Put it in quotes: "${input}".`;
  if (type === "string" && input !== null && typeof input === "object")
    return "A value that begins with { or [ needs quotes.";
  if (type === "array") return "Write a list: [a, b], or a line with - for each.";
  if (type === "number" && typeof input === "string")
    return /^-?\d+(\.\d+)?$/.test(input.trim()) ? "Remove the quotes." : "Write digits only.";
  if (input === null) return "The value is empty: is the next line indented?";
  return undefined;
}

function bound(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  return issue.code === "too_small"
    ? `at least ${issue.minimum} ${unit(issue.origin)}`.trim()
    : `at most ${issue.maximum} ${unit(issue.origin)}`.trim();
}

function unit(origin: string): string {
  return { string: "characters", array: "items" }[origin] ?? "";
}

/** Where somebody may have written a secret itself, which must not be repeated. */
function isSecretPlace(path: Path): boolean {
  const names = path.map(String);
  const keys = names[0] === "targets" ? names.slice(2) : names;
  return keys[0] === "secrets" || keys.some((key) => /^(password|headers|webhook|url)$/.test(key));
}

const secretHint =
  "A secret's value does not stand in this file: under `secrets:` say where it is kept, and write ${secret:NAME} where it is used.";

function kindOf(value: unknown): string {
  return typeof value === "object" ? show(value) : `a ${typeof value === "string" ? "text" : typeof value}`;
}

function show(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = typeof value === "string" ? `"${value}"` : `${value as number}`;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `models.apps.checks[0].range`. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join("");
}
