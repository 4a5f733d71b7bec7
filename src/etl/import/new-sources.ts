/** Sources of the new pipeline: their names, columns and samples, as far as the script tells them. */
import { columnsUsed } from "./columns-used.ts";
import { freeName, type ImportedModel } from "./model.ts";
import type { NewFile } from "./new-file.ts";
import type { Script } from "./python.ts";
import type { ReadEnd } from "./reading.ts";
import type { Flow, Written } from "./walk.ts";

export interface Named {
  name: string;
  read: ReadEnd;
}

export interface Sampled extends Named {
  columns: string[];
  /** Their types, as far as an output has a column of the name. */
  types: Map<string, string>;
}

export interface Made {
  written: Written;
  model: ImportedModel;
}

export function nameSources({ reads }: Flow, script: Script): Named[] {
  const taken = new Set([...script.text.matchAll(/^def\s+(\w+)/gm)].map(([, name]) => name!));
  return reads.map((read) => {
    const name = freeName(read.name, taken);
    taken.add(name);
    return { name, read };
  });
}

/** Those that its query names; else those that the models name, where there is one source alone. */
export function columnsOf(
  { read }: Named,
  { all, models, script }: { all: Named[]; models: Made[]; script: Script },
): string[] {
  if (read.columns.length > 0) return read.columns;
  if (all.length > 1) return [];
  return [...new Set(models.flatMap(({ model }) => columnsUsed(model.text, model.name, script)))];
}

/** Of a column that no output has: most are texts, and BigQuery says so at once where one is not. */
export const guessed = "STRING";

export function guessedIn({ columns, types }: Sampled): string[] {
  return types.size === 0 ? [] : columns.filter((name) => !types.has(name));
}

export function hasSample({ read, columns }: Sampled): boolean {
  return read.source["type"] !== "file" && columns.length > 0;
}

export function samplePath({ name }: Named): string {
  return `data/${name}.csv`;
}

export function sourceEntry(source: Sampled): [string, Record<string, unknown>] {
  const { columns, types } = source;
  const typed = hasSample(source) && types.size > 0;
  return [
    source.name,
    {
      ...source.read.source,
      ...(typed && { columns: Object.fromEntries(columns.map((name) => [name, types.get(name) ?? guessed])) }),
      ...(hasSample(source) && { sample: samplePath(source) }),
    },
  ];
}

/** Its first line: no row is made up. */
export function sampleFile(source: Sampled): NewFile[] {
  if (!hasSample(source)) return [];
  const header = source.columns.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  return [{ path: samplePath(source), text: `${header.join(",")}\n` }];
}
