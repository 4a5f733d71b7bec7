/** Which outputs are rolled back: those that are named, or the only one. */
import { EtlError, type Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import type { LoadedPipeline } from "../../spec/load.ts";

interface Asked {
  pipeline: LoadedPipeline;
  /** Names of outputs; none where there is one alone. */
  outputs: string[];
}

const againAsThen = "Run the pipeline as it was then.";

/** @throws {EtlError} `usage` where there is none */
export function tablesOf({ spec }: LoadedPipeline): string[] {
  const tables = Object.entries(spec.outputs ?? {}).flatMap(([name, { type }]) => (type === "bigquery" ? [name] : []));
  if (tables.length > 0) return tables;
  throw new EtlError({
    code: "usage",
    message: "no output is a table: only tables can be rolled back",
    hint: againAsThen,
  });
}

/** @throws {EtlError} `usage` where none is named, and it is not the only one */
export function outputsToRestore(options: Asked): string[] {
  if (options.outputs.length > 0) return chooseOutputs(options);
  const tables = tablesOf(options.pipeline);
  if (tables.length === 1) return tables;
  throw new EtlError({
    code: "usage",
    message: "which output is meant?",
    hint: `Name one, or several: ${tables.join(", ")}.`,
  });
}

/** @throws {EtlError} `usage`, with all that are none, or no tables */
export function chooseOutputs({ pipeline: { spec, where }, outputs }: Asked): string[] {
  const known = spec.outputs ?? {};
  const problems = outputs.flatMap((name): Problem[] => {
    const found = Object.hasOwn(known, name) ? known[name] : undefined;
    if (found?.type === "bigquery") return [];
    const severity = "error";
    if (!found)
      return [{ severity, message: `there is no output \`${name}\``, hint: didYouMean(name, Object.keys(known)) }];
    const message = `\`outputs.${name}\` is no table: only tables can be rolled back`;
    return [{ severity, message, hint: againAsThen, where: where(["outputs", name, "type"]) }];
  });
  if (problems.length > 0)
    throw new EtlError({ code: "usage", message: problems.map(({ message }) => message).join("; "), problems });
  return [...new Set(outputs)];
}
