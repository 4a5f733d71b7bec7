/** Python models: a function over data frames in models/NAME.py. */
import type { LoadedPipeline } from "../../../spec/load.ts";
import { EtlError, type Problem } from "../../../util/error.ts";
import type { DescribeProgram, DescribeRequest } from "../program/program.ts";
import { packageCure, packageOf } from "./missing-package.ts";
import { findModelFunction, type ModelFunction } from "./model-function.ts";
import { pathsOf, type PythonSession } from "./python-session.ts";
import { compareInstalled } from "./compare-installed.ts";
import { isListed, readRequirements, type Requirements } from "./requirements.ts";
import { pythonMutants } from "./mutants.ts";
import { runPython } from "./run-python.ts";
import { needed, startPython } from "./start-python.ts";
import { WorkerDeath } from "./worker.ts";

export const describePython: DescribeProgram = async (asked) => {
  const { file, pipeline } = asked;
  const { spec } = pipeline;
  const values = [
    ...(spec.interval ? ["interval_start", "interval_end"] : []),
    ...Object.keys(spec.params ?? {}),
    "now",
  ];
  const frame = spec.models?.[file.name]?.python?.frame;
  const { found, problems } = findModelFunction(file, { values, hasInterval: spec.interval !== undefined, frame });
  if (!found) return { problems };
  return {
    description: {
      parameters: found.inputs.map(({ name, where }) => ({ name, where })),
      needsColumns: false,
      ready: () => findMissing(found, asked),
      run: (request) => runPython(found, request),
      mutants: () => pythonMutants(found, asked),
    },
    problems,
  };
};

interface Look {
  version: number[];
  missing: string[];
  installed: Record<string, string | null>;
}

const oldestPython = [3, 9];

/** Starts Python, and asks it for what the model and its team say they need. */
async function findMissing(found: ModelFunction, asked: DescribeRequest): Promise<Problem[]> {
  const { file, pipeline, programs } = asked;
  try {
    const session = await startPython([file], pipeline, programs);
    const required = await requirementsOf(file.name, pipeline);
    const look = await session.ask<Look>({
      do: "look",
      paths: pathsOf(file.path, pipeline),
      modules: [...new Set([...needed[found.frame], ...found.packages.map(({ name }) => name)])],
      packages: required?.packages.map(({ name }) => name) ?? [],
      load: [],
    });
    const wrong = required
      ? compareInstalled(required, look.installed, {
          model: file.name,
          python: session.python,
          env: programs.context.env,
        })
      : [];
    return [...tooOld(look, session, asked), ...missingPackages(look, { found, required, session, asked }), ...wrong];
  } catch (error) {
    programs.context.signal.throwIfAborted();
    if (error instanceof WorkerDeath) return [notStarted(error, asked)];
    if (error instanceof EtlError) return error.problems;
    throw error;
  }
}

/** A shim that leads nowhere, an environment whose Python was removed, one that is too old to read our own files. */
function notStarted({ how, said, python }: WorkerDeath, { file }: DescribeRequest): Problem {
  const last = said.trim().split("\n").at(-1) ?? "";
  const ending = how.exitCode === null ? "could not be started" : `ended at once, with exit code ${how.exitCode}`;
  return {
    severity: "error",
    rule: "python-version",
    message: `${python} ${ending}${last === "" ? "" : `: ${last}`}`,
    hint: "Make an environment anew with Python 3.9 or newer: python3 -m venv --clear .venv",
    where: { file: file.shown },
  };
}

async function requirementsOf(model: string, pipeline: LoadedPipeline): Promise<Requirements | undefined> {
  const path = pipeline.spec.models?.[model]?.python?.requirements;
  if (path === undefined) return undefined;
  return readRequirements(path, pipeline, pipeline.where(["models", model, "python", "requirements"]));
}

function tooOld({ version }: Look, { python }: PythonSession, { file }: DescribeRequest): Problem[] {
  const [major = 0, minor = 0] = version;
  if (major > oldestPython[0]! || (major === oldestPython[0] && minor >= oldestPython[1]!)) return [];
  return [
    {
      severity: "error",
      rule: "python-version",
      message: `${python} is Python ${version.join(".")}; models need ${oldestPython.join(".")} or newer`,
      hint: "Make an environment with a newer one: python3.12 -m venv .venv",
      where: { file: file.shown },
    },
  ];
}

interface MissingPackages {
  found: ModelFunction;
  required: Requirements | undefined;
  session: PythonSession;
  asked: DescribeRequest;
}

function missingPackages({ missing }: Look, { found, required, session, asked }: MissingPackages): Problem[] {
  if (missing.length === 0) return [];
  const { python } = session;
  const names = missing.map(packageOf);
  const list = names
    .map((name) => `\`${name}\``)
    .join(", ")
    .replace(/, ([^,]+)$/, " and $1");
  const where = found.packages.find(({ name }) => missing.includes(name))?.where ?? { file: asked.file.shown };
  return [
    {
      severity: "error",
      rule: "python-packages",
      message: `${list} ${names.length === 1 ? "is" : "are"} not installed for ${python}, and ${asked.file.shown} needs ${names.length === 1 ? "it" : "them"}`,
      hint: packageCure({
        packages: names,
        areListed: required !== undefined && names.every((name) => isListed(name, required)),
        model: asked.file.name,
        requirements: required?.path,
        python,
        env: asked.programs.context.env,
      }),
      where,
    },
  ];
}
