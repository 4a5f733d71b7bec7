/** Starts Python, and has it load what the frames of models need while others work. */
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { ModelFile } from "../model-file.ts";
import type { Programs } from "../program/program.ts";
import { findModelFunction, type FrameLibrary } from "./model-function.ts";
import { pythonSession, type PythonSession } from "./python-session.ts";

/** What frames are read from and written to Parquet with. */
export const needed: Record<FrameLibrary, string[]> = { pandas: ["pandas", "pyarrow"], polars: ["polars"] };

const loadedEarly: Record<FrameLibrary, string[]> = {
  pandas: ["pandas", "pyarrow.parquet", "pyarrow.compute"],
  polars: ["polars"],
};

/** @throws {EtlError} where there is no Python */
export async function startPython(
  files: ModelFile[],
  pipeline: LoadedPipeline,
  programs: Programs,
): Promise<PythonSession> {
  const session = await pythonSession(pipeline, programs);
  const frames = new Set(files.map((file) => frameOf(file, pipeline)));
  for (const frame of frames) await session.load(loadedEarly[frame]);
  return session;
}

function frameOf(file: ModelFile, { spec }: LoadedPipeline): FrameLibrary {
  const frame = spec.models?.[file.name]?.python?.frame;
  return frame ?? findModelFunction(file, { values: [], hasInterval: false, frame }).found?.frame ?? "pandas";
}
