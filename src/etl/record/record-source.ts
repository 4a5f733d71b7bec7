/** Reading a source, in the run record and on the console: however it ends. */
import { formatType, type Type } from "../../spec/type.ts";
import type { Context } from "../../util/context.ts";
import { shortHash } from "../../util/short-hash.ts";
import { logSource } from "./console.ts";
import { secondsInto, type RunRecord, type SourceRecord } from "./run-record.ts";

export interface Amount {
  rows: number | undefined;
  bytes: number;
  bytes_billed?: number;
}

interface RecordSource {
  name: string;
  record: RunRecord;
  context: Context;
}

interface Result {
  columns: { name: string; type: Type }[];
}

/** Does it, and notes how much came and how long it took. */
export async function recordSource<T extends Result>(
  { name, record, context }: RecordSource,
  read: () => Promise<{ amount: Amount; result: T }>,
): Promise<T> {
  const started = performance.now();
  const begins = secondsInto(record, context);
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const { amount, result } = await read();
    const source: SourceRecord = {
      name,
      status: "done",
      ...amount,
      schema_digest: schemaDigest(result),
      begins,
      seconds: seconds(),
    };
    record.sources.push(source);
    logSource(context.log, source);
    return result;
  } catch (error) {
    record.sources.push({ name, status: "failed", rows: undefined, bytes: undefined, begins, seconds: seconds() });
    throw error;
  }
}

function schemaDigest({ columns }: Result): string {
  return shortHash(columns.map(({ name, type }) => `${name} ${formatType(type)}`).join("\n"));
}
