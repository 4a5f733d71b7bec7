/** Which Python runs a pipeline's models: the active virtual environment's, the pipeline's own, else the one on PATH. */
import { access, constants } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Context } from "../../../util/context.ts";
import { EtlError } from "../../../util/error.ts";

const names = ["python3", "python"];

export interface FindInterpreter {
  /** Where pipeline.yaml lies. */
  folder: string;
  context: Pick<Context, "env" | "cwd">;
}

/**
 * @returns the absolute path of an interpreter
 * @throws {EtlError} `failed` where there is none
 */
export async function findInterpreter({ folder, context }: FindInterpreter): Promise<string> {
  const { env } = context;
  const active = env["VIRTUAL_ENV"];
  const own = foldersUp(folder, context.cwd).map((each) => join(each, ".venv", "bin"));
  const onPath = (env["PATH"] ?? "").split(delimiter).filter((each) => each !== "");
  for (const bin of [...(active ? [join(active, "bin")] : []), ...own, ...onPath]) {
    for (const name of names) if (await isProgram(join(bin, name))) return join(bin, name);
  }
  throw new EtlError({
    code: "failed",
    part: "python",
    message:
      "there is no Python: neither an active virtual environment, nor .venv beside pipeline.yaml, nor python3 on PATH",
    hint: "Install Python 3.9 or newer, then: python3 -m venv .venv && .venv/bin/python -m pip install pandas pyarrow",
  });
}

/** From the pipeline's folder to where the command was started, if that lies above. */
function foldersUp(folder: string, cwd: string): string[] {
  if (!`${folder}/`.startsWith(`${cwd}/`)) return [folder];
  const found = [folder];
  while (found.at(-1) !== cwd) found.push(dirname(found.at(-1)!));
  return found;
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
