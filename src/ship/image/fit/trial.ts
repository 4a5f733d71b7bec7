/** What a pipeline needs of a machine to run on its samples in its image. */
import { isAbsolute, relative, resolve } from "node:path";
import { foundAt } from "../../../spec/find.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { bytesOf, effectiveResource } from "../../../spec/resources.ts";
import { folderOf } from "../written-locally.ts";

export interface Trial {
  /** How the pipeline is called. */
  pipeline: string;
  /** As the Naisjob says it: `512Mi`, and in bytes. */
  memory: string;
  bytes: number;
  /** Files of this machine, and where they belong below the folder that was built. */
  samples: readonly { from: string; to: string }[];
  /** Below the folder that was built: where a run on target `local` keeps its tables, and a pod nothing. */
  writable: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What the Naisjob starts instead of what the image says. */
  command: readonly string[];
}

export interface TrialOptions {
  /** As target `local` has it. */
  pipeline: LoadedPipeline;
  /** The folder that was built, absolute. */
  root: string;
}

export function trialOf({ pipeline: { file, folder, spec }, root }: TrialOptions): Trial {
  const { selected } = foundAt(file);
  const below = (path: string) => relative(root, resolve(folder, path)).replaceAll("\\", "/");
  const memory = effectiveResource(spec.nais, "limits", "memory") ?? "512Mi";
  const samples = Object.values(spec.sources ?? {}).flatMap(({ sample }) =>
    sample === undefined || /[*?[{]/.test(sample) ? [] : [sample],
  );
  const { command, env } = (spec.nais ?? {}) as { command?: string[]; env?: { name: string; value?: string }[] };
  const plain = (env ?? []).flatMap(({ name, value }) => (typeof value === "string" ? [[name, value] as const] : []));
  return {
    pipeline: spec.name,
    memory,
    bytes: bytesOf(memory) ?? bytesOf("512Mi")!,
    samples: [...new Set(samples)].map((sample) => ({ from: resolve(folder, sample), to: below(sample) })),
    writable: [...new Set([".nais-etl", ...foldersOfFiles(spec.outputs)].map(below))],
    // For people: a pod logs JSON.
    env: {
      NAIS_ETL_LOG: "text",
      ...Object.fromEntries(plain),
      ...(selected !== undefined && { NAIS_ETL_PIPELINE: selected }),
    },
    command: command ?? [],
  };
}

/** Of file outputs, the folders that no reference changes and that are not the pipeline's own. */
function foldersOfFiles(outputs: LoadedPipeline["spec"]["outputs"]): string[] {
  const folders = Object.values(outputs ?? {}).flatMap((output) =>
    output.type === "file" ? [folderOf(output.path)] : [],
  );
  return folders.filter((folder) => !isAbsolute(folder) && folder !== ".");
}
