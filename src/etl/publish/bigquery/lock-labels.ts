/** Who holds a lock, as labels of a table. */
import { labelOf } from "../../connectors/bigquery/client.ts";

export interface Holder {
  /** Of one that was read, as {@link labelOf} has it; so is `host`. */
  execution: string;
  session: string;
  host: string;
  pid: number;
  /** When the process started: with its id, that tells it from a later one. */
  start: number | undefined;
  /** Milliseconds since 1970. 0: given back. */
  until: number;
}

export function writeHolder({ execution, session, host, pid, start, until }: Holder): Record<string, string> {
  return {
    holder: labelOf(execution),
    session: labelOf(session),
    host: labelOf(host),
    pid: String(pid),
    start: String(start ?? ""),
    lease: String(until),
  };
}

export function readHolder(labels: Record<string, string> = {}): Holder {
  const { holder = "", session = "", host = "", pid, start, lease } = labels;
  return {
    execution: holder,
    session,
    host,
    pid: Number(pid),
    start: start ? Number(start) : undefined,
    until: Number(lease ?? 0),
  };
}
