/** What takes long to start is started while the engine is opened: the rest of what is known comes later. */
import type { LoadedPipeline } from "../../../spec/load.ts";
import { readModelFiles } from "../model-file.ts";
import type { Programs } from "./program.ts";

/** Not waited for, and silent: whoever needs what did not start is told why. */
export function startEarly(pipeline: LoadedPipeline, programs: Programs): void {
  void start(pipeline, programs).catch(() => undefined);
}

async function start(pipeline: LoadedPipeline, programs: Programs): Promise<void> {
  const { files } = await readModelFiles(pipeline);
  const python = files.filter(({ language }) => language === "python");
  if (python.length === 0) return;
  const { startPython } = await import("../python/start-python.ts");
  await startPython(python, pipeline, programs);
}
