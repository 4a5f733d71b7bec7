/** Finds credentials in a text. */
import type { Problem } from "../../util/error.ts";
import { applyIgnores } from "../ignore.ts";
import { credentialKinds } from "./kinds.ts";

/** What stands for a credential, and is none. */
const placeholder =
  /x{5,}|\*{3,}|\.{3}|…|changeme|change_me|example|dummy|placeholder|redacted|your[_-]|^(?:password|passord|secret|hemmelig|test(?:ing)?)\w{0,3}$|^[a-z]+[-_](?:password|passord|secret)$|^(.)\1+$|^(?:0123|1234|abcd)|insert|replace/i;

/** A line of which more is not looked at: minified programs and data. */
const longestLine = 4_000;

/**
 * @param file as it is shown
 * @returns an error for each; the credential itself is in none of them
 */
export function scanText(text: string, file: string): Problem[] {
  const problems = text.split("\n").flatMap((line, i) => scanLine(line, file, i + 1));
  return applyIgnores({ text, file, problems, known: ["credential"] }).filter(({ rule }) => rule === "credential");
}

function scanLine(whole: string, file: string, number: number): Problem[] {
  const line = whole.slice(0, longestLine);
  const small = line.toLowerCase();
  for (const { name, pattern, near, revoke } of credentialKinds) {
    if (!near.some((word) => small.includes(word))) continue;
    const match = pattern.exec(line);
    const value = match?.groups?.["value"] ?? match?.[0];
    if (!match || value === undefined || placeholder.test(value)) continue;
    return [
      {
        severity: "error",
        rule: "credential",
        message: `this looks like a ${name}`,
        hint: `${revoke} Whoever can read the repository, or fetch the image, has it; so has the history of Git.`,
        where: { file, line: number, column: match.index + 1 },
      },
    ];
  }
  return [];
}
