/** An answer over HTTP that is a refusal, as an error that can be tried again. */
import type { Verdict } from "./retry.ts";

export class HttpStatus extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** Too much asked for, and trouble of the server, may pass; what else a server refuses stays refused. */
export function mayPass(status: number): boolean {
  return status >= 500 || status === 429;
}

/** For {@link import("./retry.ts").retry}: other errors are those of the network, and may pass. */
export function judgeStatus(error: unknown): Verdict {
  return error instanceof HttpStatus && !mayPass(error.status) ? { again: "never" } : { again: "later" };
}
