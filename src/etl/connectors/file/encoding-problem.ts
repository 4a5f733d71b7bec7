/** What is wrong with a file's encoding, where, and the cure. */
import type { Problem } from "../../../util/error.ts";
import type { EncodingFault } from "./encoding.ts";
import { guessEncoding, guessUtf16, type Guess } from "./guess-encoding.ts";

interface EncodingProblem {
  fault: EncodingFault;
  /** The bytes the fault was found in. */
  bytes: Buffer;
  shown: string;
  /** Line of the fault, from 1. */
  line: number;
}

/** How much is looked at to guess the encoding. */
const sampleBytes = 65_536;

export function encodingProblem({ fault, bytes, shown, line }: EncodingProblem): Problem {
  const where = { file: shown, line };
  const problem = { severity: "error" as const, rule: "encoding", where };
  if (fault.kind === "mojibake") return { ...problem, ...mojibake(shown) };
  const guess = guessOf(fault, bytes);
  if (fault.kind === "nul" && guess === undefined) {
    return {
      ...problem,
      message: "a NUL byte stands in the text",
      hint: "Is the file text at all? Remove the bytes of value 0.",
    };
  }
  return {
    ...problem,
    message: `the file is not UTF-8${guess ? `, but probably ${guess.name}` : ""}`,
    hint: cureOf(guess),
  };
}

function mojibake(shown: string): Pick<Problem, "message" | "hint"> {
  return {
    message: "the text was UTF-8, was read as windows-1252, and was written as UTF-8 again (as `Ã¥` for `å`)",
    hint:
      `Mend it where it is written. What is written already: iconv -f UTF-8 -t WINDOWS-1252 ${shown} > mended\n` +
      "If the text is meant so, say `encoding: utf-8`: it is then read as it stands.",
  };
}

function guessOf({ kind, at }: EncodingFault, bytes: Buffer): Guess | undefined {
  if (kind === "nul") return everySecondIsNul(bytes, at) ? guessUtf16(bytes, at) : undefined;
  return guessEncoding(bytes.subarray(kind === "utf-16" ? 0 : at, at + sampleBytes));
}

function everySecondIsNul(bytes: Buffer, at: number): boolean {
  return bytes[at + 2] === 0 || bytes[at - 2] === 0;
}

function cureOf(guess: Guess | undefined): string {
  if (!guess) return "Save it as UTF-8, or say its `encoding:` (windows-1252, iso-8859-15, utf-16le …).";
  if (guess.readable) return `Say \`encoding: ${guess.name}\`, or save the file as UTF-8.`;
  return `Convert it: iconv -f ${guess.name.toUpperCase()} -t UTF-8 in.csv > out.csv`;
}
