/** What is found on the way through a script. */
import type { Problem } from "../../util/error.ts";
import type { WriteEnd } from "./ends.ts";
import type { Kept } from "./kept.ts";
import type { PythonFunction } from "./python.ts";
import type { ReadEnd, Reading } from "./reading.ts";

export interface Written extends WriteEnd {
  /** What was done before it, from the beginning on. */
  kept: Kept[];
  /** The expression that is written. */
  result: string;
}

export interface Flow {
  /** By the variable that the script gives them first. */
  reads: (ReadEnd & { variable: string })[];
  writes: Written[];
  kept: Kept[];
  notes: Problem[];
}

export interface Walk extends Reading, Flow {
  functions: Map<string, PythonFunction>;
  /** Answers of an API, and parts of them: variable → path in the answer. */
  answers: Map<string, { read: ReadEnd; path: string[] }>;
  /** Functions that are being walked through: one that calls itself is not walked again. */
  inside: Set<string>;
}

export function addRead(read: ReadEnd, variable: string, walk: Walk): void {
  walk.reads.push({ ...read, variable });
  walk.notes.push(...read.notes);
}
