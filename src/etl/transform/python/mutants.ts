/** A Python model, changed in one small way at a time. */
import { EtlError } from "../../../util/error.ts";
import type { DescribeRequest, RunProgram } from "../program/program.ts";
import type { ModelFunction } from "./model-function.ts";
import { pythonSession } from "./python-session.ts";
import { runPython } from "./run-python.ts";

/** Each is run on several choices of rows. */
const most = 24;

/** What a change has made endless has been noticed. */
const patience = 5000;

export async function pythonMutants(
  found: ModelFunction,
  { file, pipeline, programs }: DescribeRequest,
): Promise<RunProgram[]> {
  const session = await pythonSession(pipeline, programs);
  const texts = await session.ask<string[]>({ do: "mutants", file: file.path, most });
  return texts.map((text): RunProgram => async (request) => {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(new EtlError({ code: "failed", message: "it does not end" })), patience);
    const signal = AbortSignal.any([programs.context.signal, over.signal]);
    try {
      return await runPython(found, request, { text, signal });
    } finally {
      clearTimeout(timer);
    }
  });
}
