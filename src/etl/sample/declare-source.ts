/** Adds what a source lacks to pipeline.yaml, or says what to add. */
import { readFile } from "node:fs/promises";
import { writeBelow } from "../../util/write-below.ts";
import { declare, declaredLines, type Declaration } from "./declare.ts";
import type { Sampling } from "./sampling.ts";

export interface Declared {
  lines: string[];
  /** Whether they stand in the file now; else its author has to add them. */
  isWritten: boolean;
}

export async function declareSource(declaration: Declaration, { pipeline, context }: Sampling): Promise<Declared> {
  const changed = declare(await readFile(pipeline.file, "utf8"), declaration);
  const { folder, file: path } = pipeline;
  if (changed !== undefined) await context.effect("sample.declare", () => writeBelow({ folder, path, data: changed }));
  return { lines: declaredLines(declaration), isWritten: changed !== undefined };
}
