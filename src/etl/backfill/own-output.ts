/** Whether a pipeline reads what it publishes: then an interval may need what the one before it has left. */
import { matchesGlob, normalize } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Output } from "../../spec/output.ts";
import { textsOf } from "../../spec/reference.ts";
import type { Source } from "../../spec/source.ts";
import { partToRead } from "../values.ts";

/** By the names that the file says: through a view, or with another program, nobody sees it here. */
export function findOwnOutput(pipeline: LoadedPipeline): { source: string; output: string } | undefined {
  const { sources = {}, outputs = {} } = pipeline.spec;
  for (const [source, spec] of Object.entries(sources))
    for (const [output, written] of Object.entries(outputs))
      if (reads(partToRead(spec, pipeline), written)) return { source, output };
  return undefined;
}

function reads(source: Source, output: Output): boolean {
  if (output.type === "file") return filesOf(source).some((path) => mayMeet(normalize(path), normalize(output.path)));
  if (output.type !== "bigquery" || source.type !== "bigquery") return false;
  const [own] = tablesIn(output.table);
  return tablesOf(source).some(({ dataset, table }) => mayMeet(dataset, own!.dataset) && mayMeet(table, own!.table));
}

function filesOf(source: Source): string[] {
  const paths = [source.sample, source.type === "file" ? source.path : undefined];
  return paths.filter((path) => path !== undefined && path !== "") as string[];
}

function tablesOf(source: Extract<Source, { type: "bigquery" }>): { dataset: string; table: string }[] {
  const { table, query, where } = source;
  return [...textsOf([table, query, where])].flatMap(({ text }) => tablesIn(text));
}

const part = String.raw`(?:\$\{[^}]*\}|[\p{L}\p{M}\p{N}_$-])+`;
const dotted = new RegExp(String.raw`${part}(?:[.:]${part})*\.${part}\*?`, "gu");
const parts = new RegExp(String.raw`${part}\*?`, "gu");

/** All that has the form of a table's name: the project is left out, since it need not be said. */
function tablesIn(text: string): { dataset: string; table: string }[] {
  return [...text.replaceAll("`", "").matchAll(dotted)].map(([name]) => {
    const [table, dataset] = [...name.matchAll(parts)].map(([one]) => one).toReversed();
    return { dataset: dataset!, table: table! };
  });
}

/** References and wildcards stand for anything. */
const open = /\$\{[^}]*\}|\*+|\?|\[[^\]]*\]|\{[^}]*\}/;

/** Whether two patterns may mean the same name. Where both are open it is enough that they begin alike. */
function mayMeet(one: string, other: string): boolean {
  if (!open.test(one)) return matches(one, other);
  if (!open.test(other)) return matches(other, one);
  const [a, b] = [one.split(open)[0]!, other.split(open)[0]!];
  return a.startsWith(b) || b.startsWith(a);
}

function matches(name: string, pattern: string): boolean {
  return matchesGlob(name, pattern.replaceAll(/\$\{[^}]*\}/g, "*"));
}
