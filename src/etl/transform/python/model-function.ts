/** Which function of a file is the model, and which frames it is given. */
import type { Where } from "../../../util/error.ts";
import type { Problem } from "../../../util/error.ts";
import { positionAt } from "../sql-text.ts";
import { readPython, type PythonFile, type PythonFunction, type PythonImport } from "./python-file.ts";

export type FrameLibrary = "pandas" | "polars";

export interface ModelFunction {
  name: string;
  where: Where;
  frame: FrameLibrary;
  /** Parameters that stand for tables, in their order. */
  inputs: { name: string; where: Where; isLazy: boolean }[];
  /** Names of the values that it wants: of an interval, parameters of the pipeline, `now`. */
  values: string[];
  /** Packages that the file imports whenever it is loaded. */
  packages: { name: string; where: Where }[];
}

export interface ModelFileText {
  /** The model's name. */
  name: string;
  shown: string;
  text: string;
}

export interface KnownNames {
  /** `interval_start` and `interval_end`, where there is an interval, `now`, and the parameters of the pipeline. */
  values: string[];
  hasInterval: boolean;
  /** What pipeline.yaml says about it: models: NAME: python: frame. */
  frame: FrameLibrary | undefined;
}

export interface FoundFunction {
  found: ModelFunction | undefined;
  problems: Problem[];
}

export function findModelFunction(file: ModelFileText, known: KnownNames): FoundFunction {
  const python = readPython(file.text);
  const locate = (offset: number): Where => ({ file: file.shown, ...positionAt(file.text, offset) });
  const chosen = chooseFunction(python.functions, file);
  if (!("name" in chosen)) return { found: undefined, problems: [chosen] };
  const problems: Problem[] = [];
  const add = (rule: string, offset: number, message: string, hint: string) =>
    problems.push({ severity: "error", rule, message, hint, where: locate(offset) });
  if (chosen.isAsync)
    add("python-function", chosen.offset, `\`${chosen.name}\` is async`, "Models are plain functions: write `def`.");
  const { frame, disagree } = frameOf(chosen, python, known.frame);
  if (disagree) add("python-frame", chosen.offset, ...disagree);
  const given = chosen.parameters.filter(({ name, hasDefault, isKeywordOnly }) =>
    isKeywordOnly || hasDefault || isInterval(name) ? known.values.includes(name) : true,
  );
  const values = given.filter(({ name, isKeywordOnly, hasDefault }) => isKeywordOnly || hasDefault || isInterval(name));
  for (const { name, offset, hasDefault, isKeywordOnly } of chosen.parameters) {
    if (hasDefault || known.values.includes(name) || !(isKeywordOnly || isInterval(name))) continue;
    add(
      "unknown-parameter",
      offset,
      `there is no parameter \`${name}\` to give to \`${chosen.name}\``,
      valueHint(name, known),
    );
  }
  const inputs = given.filter((parameter) => !values.includes(parameter));
  return {
    found: {
      name: chosen.name,
      where: locate(chosen.offset),
      frame,
      inputs: inputs.map(({ name, offset, annotation }) => ({
        name,
        where: locate(offset),
        isLazy: libraryOf(annotation, python.imports)?.isLazy ?? false,
      })),
      values: values.map(({ name }) => name),
      packages: packagesOf(python.imports).map(({ name, offset }) => ({ name, where: locate(offset) })),
    },
    problems,
  };
}

/** Values of the interval are never tables, wherever they stand. */
function isInterval(name: string): boolean {
  return name === "interval_start" || name === "interval_end";
}

function valueHint(name: string, { values, hasInterval }: KnownNames): string {
  if (isInterval(name) && !hasInterval) return "Add `interval: day` (or hour, month) to the pipeline.";
  return `Declare it under \`params:\`, or give it a default. Known here: ${values.join(", ")}.`;
}

function chooseFunction(functions: PythonFunction[], { name, shown }: ModelFileText): PythonFunction | Problem {
  // Of two of one name Python keeps the last.
  const known = [...new Map(functions.map((each) => [each.name, each])).values()];
  const named = known.find((each) => each.name === name);
  const open = known.filter((each) => !each.name.startsWith("_"));
  if (named) return named;
  if (open.length === 1) return open[0]!;
  const names = open.map((each) => `\`${each.name}\``).join(", ");
  const message =
    open.length === 0 ? `${shown} defines no function` : `which function of ${shown} is the model? It defines ${names}`;
  const hint =
    open.length === 0
      ? `Write one that takes data frames and returns one: def ${name}(df): …`
      : `Name one of them \`${name}\`, as the file, or begin the names of the others with _.`;
  return { severity: "error", rule: "python-function", message, hint, where: { file: shown } };
}

interface Frame {
  frame: FrameLibrary;
  disagree?: [message: string, hint: string];
}

/** The pipeline decides; then how the function is annotated; then what the file imports; pandas, where nothing says. */
function frameOf(chosen: PythonFunction, { imports }: PythonFile, declared: FrameLibrary | undefined): Frame {
  if (declared) return { frame: declared };
  const annotations = [...chosen.parameters.map(({ annotation }) => annotation), chosen.annotation];
  const annotated = [...new Set(annotations.flatMap((each) => libraryOf(each, imports)?.library ?? []))];
  if (annotated.length === 1) return { frame: annotated[0]! };
  const imported = [...new Set(imports.flatMap(({ module }) => libraryNamed(module.split(".")[0]!) ?? []))];
  if (annotated.length === 0 && imported.length < 2) return { frame: imported[0] ?? "pandas" };
  const which = annotated.length > 1 ? "is annotated with frames of" : "stands in a file that imports";
  return {
    frame: "pandas",
    disagree: [
      `\`${chosen.name}\` ${which} pandas and polars: which should it be given?`,
      `Annotate its parameters: def ${chosen.name}(df: pl.DataFrame). Or say it in pipeline.yaml: python: { frame: polars }.`,
    ],
  };
}

function libraryNamed(name: string): FrameLibrary | undefined {
  return name === "pandas" || name === "polars" ? name : undefined;
}

/** `pd.DataFrame`, `DataFrame` where it was imported, `pl.LazyFrame | None` … */
function libraryOf(
  annotation: string | undefined,
  imports: PythonImport[],
): { library: FrameLibrary; isLazy: boolean } | undefined {
  for (const [dotted] of (annotation ?? "").matchAll(/[\p{L}_][\p{L}\p{N}_.]*/gu)) {
    const [head, ...tail] = dotted.split(".");
    const source = imports.find(({ as }) => as === head);
    const library = libraryNamed((source?.module ?? head!).split(".")[0]!);
    if (library) return { library, isLazy: (tail.at(-1) ?? source?.member) === "LazyFrame" };
  }
  return undefined;
}

function packagesOf(imports: PythonImport[]): { name: string; offset: number }[] {
  const plain = imports.filter(({ isPlain }) => isPlain);
  const found = new Map(plain.toReversed().map(({ module, offset }) => [module.split(".")[0]!, offset]));
  return [...found].map(([name, offset]) => ({ name, offset })).toSorted((a, b) => a.offset - b.offset);
}
