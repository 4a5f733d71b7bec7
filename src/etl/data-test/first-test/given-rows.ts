/** A few rows of each source's sample, that belong together as far as they can, and in which nobody is recognised. */
import type { Context } from "../../../util/context.ts";
import { EtlError, throwProblems, type Problem } from "../../../util/error.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Type } from "../../../spec/type.ts";
import { toCell, type Cell } from "../../cell.ts";
import type { Row } from "../../engine/engine.ts";
import { firstRows } from "../../first-rows.ts";
import { sensitiveColumns } from "../../privacy.ts";
import { holdsNationalId, isNationalId } from "../../sample/national-id.ts";
import { canReplace, pseudonym } from "../../sample/pseudonym.ts";
import { pseudonymSecret } from "../../sample/secret.ts";

export interface GivenSource {
  name: string;
  columns: { name: string; type: Type }[];
  rows: Record<string, Cell>[];
  /** Its sensitive columns, and those of them that have pseudonyms; the others are left out. */
  sensitive: string[];
  replaced: string[];
}

interface ReadGivenRows {
  pipeline: LoadedPipeline;
  names: string[];
  params: Record<string, string>;
  /** How many rows of each source are looked at. */
  most: number;
}

export async function readGivenRows(options: ReadGivenRows, context: Context): Promise<GivenSource[]> {
  const all: GivenSource[] = [];
  for (const name of options.names) all.push(await readSource(name, options, context));
  const sources = choose(all, options.most);
  const { pipeline } = options;
  throwProblems(
    sources.flatMap((source) => nationalIds(source, pipeline)),
    "cannot be given",
  );
  return sources;
}

async function readSource(
  name: string,
  { pipeline, params, most }: ReadGivenRows,
  context: Context,
): Promise<GivenSource> {
  const request = { pipeline, name, limit: most, where: undefined, interval: undefined, params };
  refuseSampleless(name, pipeline);
  const read = await firstRows(request, context);
  const marked = sensitiveColumns(pipeline);
  const all = read.columns.flatMap(({ name: column, type }) => (type ? [{ name: column, type }] : []));
  const sensitive = all.filter((column) => marked.has(column.name));
  const replaced = sensitive.filter(({ type }) => canReplace(type)).map((column) => column.name);
  const columns = all.filter((column) => !marked.has(column.name) || replaced.includes(column.name));
  const secret = replaced.length > 0 ? await pseudonymSecret(pipeline.folder, context) : new Uint8Array();
  const hide = (row: Row) =>
    columns.map(({ name: column, type }) => {
      const cell = toCell(row[column], type);
      return [column, replaced.includes(column) ? standIn(cell, type, secret) : cell] as const;
    });
  const rows = read.rows.map((row) => Object.fromEntries(hide(row)));
  if (rows.length === 0) refuseUnknown(name, pipeline);
  return { name, columns, rows, sensitive: sensitive.map((column) => column.name), replaced };
}

/** A test is made without a network. */
function refuseSampleless(name: string, { spec, where }: LoadedPipeline): void {
  const source = spec.sources![name]!;
  if (source.type === "file" || source.sample !== undefined) return;
  throw new EtlError({
    code: "invalid",
    message: `the source \`${name}\` has no sample, so that no rows can be given`,
    hint: `Write one: nais-etl sample ${name}, or sample: data/${name}.csv with rows of your own.`,
    where: where(["sources"], name),
  });
}

/** Without a row, only declarations say which columns there are. */
function refuseUnknown(name: string, { spec, where }: LoadedPipeline): void {
  const source = spec.sources![name]!;
  if (source.columns) return;
  const file = source.type === "file" ? source.path : source.sample;
  const fill = source.type === "file" ? "" : `\`nais-etl sample ${name} --target prod-gcp\`, or `;
  throw new EtlError({
    code: "invalid",
    message: `the sample of \`${name}\` has no rows, so that none can be given`,
    hint: `Fill it first: ${fill}write a few rows into ${String(file)}. Or declare its columns: sources: { ${name}: { columns: { … } } }.`,
    where: where(["sources"], name),
  });
}

function standIn(cell: Cell, type: Type, secret: Uint8Array): Cell {
  if (cell === null) return null;
  return toCell(pseudonym(`${cell as string | number}`, type, secret), type);
}

/** The smallest source first: of the others those rows that belong to it. */
function choose(all: GivenSource[], most: number): GivenSource[] {
  const chosen = new Map<string, GivenSource>();
  for (const source of all.toSorted((a, b) => a.rows.length - b.rows.length)) {
    const others = chosen.size > 0 ? [...chosen.values()] : all.filter((other) => other !== source);
    chosen.set(source.name, { ...source, rows: belonging(source, others).slice(0, most) });
  }
  return all.map(({ name }) => chosen.get(name)!);
}

/** Those first that have values in common with rows of others, in columns of one name. */
export function belonging({ columns, rows }: GivenSource, others: GivenSource[]): GivenSource["rows"] {
  const values = new Map<string, Set<string>>();
  for (const source of others)
    for (const { name } of source.columns)
      for (const row of source.rows) addTo(values, name, JSON.stringify(row[name]));
  const shared = columns.filter(({ name }) => values.has(name));
  const common = (row: Record<string, Cell>) =>
    shared.filter(({ name }) => row[name] !== null && values.get(name)!.has(JSON.stringify(row[name]))).length;
  return rows.toSorted((a, b) => common(b) - common(a));
}

function addTo(values: Map<string, Set<string>>, name: string, value: string): void {
  values.set(name, (values.get(name) ?? new Set()).add(value));
}

function nationalIds({ name, columns, rows }: GivenSource, pipeline: LoadedPipeline): Problem[] {
  const holding = columns.filter(({ name: column }) => rows.some((row) => isNumberOfPerson(row[column]!)));
  return holding.map(({ name: column }) => ({
    severity: "error",
    rule: "national-id",
    message: `\`${column}\` of \`${name}\` holds Norwegian national identity numbers: no test is made of them`,
    hint: "Mark the column `sensitive: true`: it then gets pseudonyms.",
    where: pipeline.where(["sources", name]),
  }));
}

function isNumberOfPerson(cell: Cell): boolean {
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  return holdsNationalId(text) || (/^\d{10,11}$/.test(text) && isNationalId(BigInt(text)));
}
