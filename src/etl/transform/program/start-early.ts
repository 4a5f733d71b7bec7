/** What takes long to start is started while the engine is opened: the rest of what is known comes later. */
import type { LoadedPipeline } from "../../../spec/load.ts";
import { readModelFiles, type ModelFile } from "../model-file.ts";
import type { Programs } from "./program.ts";

/** @returns whether models are processes of their own. What could not be started is told to whoever needs it. */
export async function startEarly(pipeline: LoadedPipeline, programs: Programs): Promise<boolean> {
  const { files } = await readModelFiles(pipeline);
  const python = files.filter(({ language }) => language === "python");
  if (python.length > 0) void start(python, pipeline, programs).catch(() => undefined);
  return python.length > 0 || files.some(({ language }) => language === "command");
}

async function start(files: ModelFile[], pipeline: LoadedPipeline, programs: Programs): Promise<void> {
  const { startPython } = await import("../python/start-python.ts");
  await startPython(files, pipeline, programs);
}
