/**
 * Who holds a lock, as labels of a table: small letters, digits, `_` and `-`, at most 63.
 * Source: https://cloud.google.com/bigquery/docs/labels-intro#requirements
 */

export interface Holder {
  /** Of one that was read, as {@link labelText} has it; so is `host`. */
  execution: string;
  session: string;
  host: string;
  pid: number;
  /** When the process started: with its id, that tells it from a later one. */
  start: number | undefined;
  /** Milliseconds since 1970. 0: given back. */
  until: number;
}

export function labelText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]/gu, "-")
    .slice(0, 63);
}

export function writeHolder({ execution, session, host, pid, start, until }: Holder): Record<string, string> {
  return {
    holder: labelText(execution),
    session: labelText(session),
    host: labelText(host),
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
