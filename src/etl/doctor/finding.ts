/** What a doctor finds: a line each, with its cure. */
import { EtlError, messageOf, type Problem } from "../../util/error.ts";

export interface Finding {
  /** What was looked at: `source apps`, `clock`. */
  name: string;
  /** `good`, `bad` (it ends with exit code 1), or `note`: to be known, and no fault. */
  state: "good" | "bad" | "note";
  message: string;
  /** What to do; may have several lines. */
  cure?: string;
}

export interface Section {
  title: string;
  findings: Finding[];
}

export function good(name: string, message: string): Finding {
  return { name, state: "good", message };
}

export function note(name: string, message: string, cure?: string): Finding {
  return { name, state: "note", message, ...(cure !== undefined && { cure }) };
}

export function bad(name: string, message: string, cure?: string): Finding {
  return { name, state: "bad", message, ...(cure !== undefined && { cure }) };
}

/** What an act finds; what it throws is a finding too, one for each problem. */
export async function look(name: string, act: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await act()].flat();
  } catch (error) {
    if (error instanceof EtlError) return error.problems.map((problem) => ofProblem(name, problem));
    return [bad(name, messageOf(error))];
  }
}

export function ofProblem(name: string, { message, hint }: Problem): Finding {
  // What it is about, is its name already.
  return bad(name, message.replace(/^(\[[^\]]*\]|the secret `[^`]*`:) /, ""), hint);
}
