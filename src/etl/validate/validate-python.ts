/** Models in Python, read as Python reads them: nothing of them runs, and no file is written. Without a Python, nothing is said. */
import { text as readAll } from "node:stream/consumers";
import type { LoadedPipeline } from "../../spec/load.ts";
import { startChild } from "../../util/child.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { readModelFiles, type ModelFile } from "../transform/model-file.ts";
import { findInterpreter } from "../transform/python/interpreter.ts";

export async function validatePython(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const { files } = await readModelFiles(pipeline);
  const models = files.filter(({ language }) => language === "python");
  if (models.length === 0) return [];
  const python = await findInterpreter({ folder: pipeline.folder, context }).catch(ofMissing);
  const answer = python === undefined ? undefined : await compileAll(python, models, context);
  return (answer?.found ?? []).map(({ file, message, line, column }) => ({
    severity: "error",
    rule: "python",
    message,
    hint: `Python ${answer!.version} cannot read this line. Where the cause is not in it, look at the one before: a bracket or a quote that is not closed.`,
    where: { file: models[file]!.shown, line, column },
  }));
}

function ofMissing(error: unknown): undefined {
  if (!(error instanceof EtlError)) throw error;
}

/** Compiles each text, which finds more than parsing it does: a `return` outside of a function, an argument named twice. */
const script = `
import json, platform, sys, warnings
warnings.simplefilter("ignore")
found = []
for number, text in enumerate(json.loads(sys.stdin.buffer.read())):
    try:
        compile(text, "model", "exec", dont_inherit=True)
    except SyntaxError as error:
        found.append({"file": number, "message": f"{type(error).__name__}: {error.msg}", "line": error.lineno or 1, "column": max(error.offset or 1, 1)})
    except ValueError as error:
        found.append({"file": number, "message": f"ValueError: {error}", "line": 1, "column": 1})
print(json.dumps({"version": platform.python_version(), "found": found}))
`;

interface Answer {
  version: string;
  found: { file: number; message: string; line: number; column: number }[];
}

/** @returns undefined where this Python answers nothing: what is wrong with it, a test or a run says */
async function compileAll(python: string, models: ModelFile[], context: Context): Promise<Answer | undefined> {
  // Neither its settings nor packages: nobody's code is loaded.
  const argv = [python, "-I", "-S", "-B", "-c", script];
  const input = JSON.stringify(models.map(({ text }) => text));
  const child = startChild({ argv, cwd: context.tmpdir, env: {}, input }, context);
  const [stdout, , { exitCode }] = await Promise.all([
    readAll(child.process.stdout!),
    readAll(child.process.stderr!),
    child.ended.catch(() => ({ exitCode: null })),
  ]);
  context.signal.throwIfAborted();
  return exitCode === 0 ? (JSON.parse(stdout) as Answer) : undefined;
}
