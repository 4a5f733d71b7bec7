/** A mark in the name of what a process writes for its own use: it tells whose that is, and so whether it is nobody's any more. */
import type { Context } from "./context.ts";
import { processStart } from "./process-start.ts";

type Host = Context["host"];

/** `nais-etl-HOST-PID-START` */
export async function ownerMark({ name, pid }: Host): Promise<string> {
  const start = await processStart(pid);
  return `nais-etl-${plain(name)}-${pid}-${typeof start === "number" ? start : 0}`;
}

/** Whether the process of such a mark runs no more. Undefined for one of another host, and for what is no mark. */
export async function isOwnerGone(mark: string, host: Host): Promise<boolean | undefined> {
  const [, owner, pid, start] = /^nais-etl-(.+)-(\d+)-(\d+)$/.exec(mark) ?? [];
  if (owner !== plain(host.name)) return undefined;
  const now = await processStart(Number(pid));
  return now === "none" || (now !== undefined && Number(start) > 0 && now !== Number(start));
}

function plain(host: string): string {
  return host.replaceAll(/[^A-Za-z0-9.]/g, "_");
}
