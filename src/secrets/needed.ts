/** Which secrets a part of the pipeline asks for. */
import { findReferences } from "../spec/reference.ts";

export function secretsIn(part: unknown): string[] {
  const { references } = findReferences(part, () => ({ file: "" }));
  return [...new Set(references.filter(({ kind }) => kind === "secret").map(({ name }) => name))];
}
