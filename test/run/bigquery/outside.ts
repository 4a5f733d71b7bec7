/** Requests that may change something and are sent outside of any effect: nobody would kill or break a run there. */
import { vi } from "vitest";
import type { Effect } from "../../../src/util/context.ts";

export interface RequestWatch {
  /** Of the runs that are watched. */
  effect: Effect;
  /** Names of the effects so far. */
  seen: Set<string>;
  /** What was sent outside of them, as method and address. */
  outside: string[];
  stop(): void;
}

export function watchRequests(): RequestWatch {
  let running = 0;
  const [seen, outside] = [new Set<string>(), [] as string[]];
  const effect: Effect = async (name, act) => {
    seen.add(name);
    running++;
    return act().finally(() => running--);
  };
  const send = globalThis.fetch;
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation((address, init) => {
    const method = init?.method ?? "GET";
    const to = address instanceof Request ? address.url : address.toString();
    if (method !== "GET" && running === 0 && !isQuestion(to, init?.body)) outside.push(`${method} ${to}`);
    return send(address, init);
  });
  return { effect, seen, outside, stop: () => spy.mockRestore() };
}

/** `jobs.query` is only asked what changes nothing, which the server's own list of requests shows; a dry run runs nothing. */
function isQuestion(address: string, body: unknown): boolean {
  return /\/queries\?/.test(address) || (typeof body === "string" && body.includes('"dryRun":true'));
}
