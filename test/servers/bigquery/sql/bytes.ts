/** What a statement is billed for. https://cloud.google.com/bigquery/pricing#on_demand_pricing */
import type { Table } from "../catalog/catalog.ts";
import { measure, sizeOf } from "../catalog/size.ts";
import type { Session } from "../database.ts";
import type { State } from "../state.ts";
import { partitionsRead } from "./partition.ts";
import { same, type TableRead } from "./scope.ts";

export interface Billed {
  processed: bigint;
  billed: bigint;
}

const megabyte = 1_048_576n;

export async function bill(state: State, session: Session, reads: Map<Table, TableRead>): Promise<Billed> {
  let [processed, billed] = [0n, 0n];
  for (const [table, read] of reads) {
    const bytes = await bytesOf(state, session, table, read);
    processed += bytes;
    billed += bytes === 0n ? 0n : atLeast(10n * megabyte, ((bytes + megabyte - 1n) / megabyte) * megabyte);
  }
  return { processed, billed };
}

const atLeast = (least: bigint, value: bigint) => (value > least ? value : least);

async function bytesOf(
  state: State,
  session: Session,
  table: Table,
  { columns, references }: TableRead,
): Promise<bigint> {
  if (table.replay) return (await sizeOf(state.catalog, table)).bytes;
  const fields = table.fields.filter(({ name }) => [...columns].some((it) => same(it, name)));
  return fields.length === 0
    ? 0n
    : (await measure(session, table.physical + partitionsRead(table, references), fields)).bytes;
}
