/** What BigQuery says no with, over HTTP, over gRPC and in a job's status: one shape for all three. */
import type { Verdict } from "../../../util/retry.ts";
import { scrubMessage } from "./scrub.ts";

/** One entry of `error.errors`, or a job's `errorResult`. Source: https://cloud.google.com/bigquery/docs/error-messages */
export interface ErrorProto {
  reason?: string;
  message?: string;
  location?: string;
}

/** Its message holds no value of the data, and may be shown. */
export class Refusal extends Error {
  override name = "Refusal";
  /** HTTP status; 0 where no answer came. A gRPC status and a job's reason have their HTTP equal here. */
  readonly status: number;
  /** `notFound`, `accessDenied`, `invalidQuery` …, or the system's code (`ECONNRESET`) where no answer came. */
  readonly reason: string;
  /** Least milliseconds to wait, where the server says so. */
  readonly retryAfter: number | undefined;
  readonly #raw: string;

  constructor(parts: { status: number; reason: string; message: string; retryAfter?: number; cause?: unknown }) {
    const { status, reason, message, retryAfter, cause } = parts;
    super(scrubMessage(message, reason), cause === undefined ? undefined : { cause });
    this.status = status;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.#raw = message;
  }

  /** Whether the server's own words, which may quote values and are never shown, are such. */
  says(pattern: RegExp): boolean {
    return pattern.test(this.#raw);
  }

  /** What a pattern finds in them: names only, please. */
  find(pattern: RegExp): string | undefined {
    return pattern.exec(this.#raw)?.[1];
  }
}

/** What is asked for; undefined where it is refused with this status: 404, where nothing is there, or 409, where something is. */
export async function unlessRefused<T>(status: number, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal && error.status === status) return undefined;
    throw error;
  }
}

/** An answer of the REST API that is not 2xx. */
export async function refusalOfResponse(response: Response): Promise<Refusal> {
  const text = await response.text().catch(() => "");
  const { error } = parseBody(text);
  const [first] = error?.errors ?? [];
  const seconds = Number(response.headers.get("retry-after"));
  return new Refusal({
    status: response.status,
    reason: first?.reason ?? (response.statusText || "unknown"),
    message: error?.message ?? first?.message ?? `HTTP ${response.status} ${response.statusText}`,
    ...(seconds > 0 && { retryAfter: seconds * 1000 }),
  });
}

interface ErrorBody {
  error?: { message?: string; errors?: ErrorProto[] };
}

function parseBody(text: string): ErrorBody {
  try {
    const body = JSON.parse(text) as ErrorBody;
    return typeof body.error === "object" ? body : {};
  } catch {
    return {};
  }
}

/** No answer: the connection was refused, reset, or timed out. */
export function refusalOfNetwork(error: unknown): Refusal {
  const { cause } = error as { cause?: { code?: string } };
  const isTimeout = (error as { name?: string }).name === "TimeoutError";
  const reason = cause?.code ?? (error as { code?: string }).code ?? (isTimeout ? "ETIMEDOUT" : "network");
  return new Refusal({ status: 0, reason, message: `no answer (${reason})`, cause: error });
}

/** Source: https://cloud.google.com/bigquery/docs/error-messages */
const statusOfReason: Record<string, number> = {
  accessDenied: 403,
  backendError: 503,
  billingNotEnabled: 403,
  bytesBilledLimitExceeded: 400,
  duplicate: 409,
  internalError: 500,
  jobBackendError: 503,
  jobInternalError: 500,
  jobRateLimitExceeded: 429,
  notFound: 404,
  quotaExceeded: 403,
  rateLimitExceeded: 429,
  stopped: 499,
  tableUnavailable: 503,
  timeout: 504,
};

/** Why a job failed. */
export function refusalOfJob({ reason = "unknown", message = "the job failed" }: ErrorProto): Refusal {
  return new Refusal({ status: statusOfReason[reason] ?? 400, reason, message });
}

/** Source: https://grpc.io/docs/guides/status-codes/ */
const statusOfGrpc: Record<number, [status: number, reason: string]> = {
  1: [499, "cancelled"],
  3: [400, "invalid"],
  4: [504, "timeout"],
  5: [404, "notFound"],
  7: [403, "accessDenied"],
  8: [429, "rateLimitExceeded"],
  9: [400, "failedPrecondition"],
  10: [503, "aborted"],
  11: [400, "outOfRange"],
  13: [500, "internalError"],
  14: [503, "backendError"],
  16: [401, "authError"],
};

export function refusalOfGrpc(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const {
    code = 2,
    details,
    message = "the stream broke",
  } = error as {
    code?: number;
    details?: string;
    message?: string;
  };
  const text = details ?? message;
  const refused = /\bECONNREFUSED\b/.test(text);
  const [status, reason] = refused ? [0, "ECONNREFUSED"] : (statusOfGrpc[code] ?? [0, "unknown"]);
  return new Refusal({ status, reason, message: refused ? "no answer (ECONNREFUSED)" : text, cause: error });
}

const passing = new Set([408, 429, 500, 502, 503, 504]);
const passingReasons = new Set(["rateLimitExceeded", "userRateLimitExceeded", "jobRateLimitExceeded"]);
/** `network`: fetch itself refused to send. */
const neverHeals = new Set([
  "network",
  "ENOTFOUND",
  "ERR_INVALID_URL",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/**
 * Whether the same is worth trying again. A server on this machine that nobody has started will not start by itself.
 * An expired token (401) is not judged here: it takes a new one.
 */
export function judgeRefusal(error: unknown, { isLoopback }: { isLoopback: boolean }): Verdict {
  if (!(error instanceof Refusal)) return { again: "never" };
  const { status, reason, retryAfter } = error;
  const isGone = neverHeals.has(reason) || (isLoopback && reason === "ECONNREFUSED");
  const passes =
    status === 0 ? !isGone : passing.has(status) || passingReasons.has(reason) || isCancelledTransaction(error);
  return passes ? { again: "later", ...(retryAfter !== undefined && { least: retryAfter }) } : { again: "never" };
}

/** Two transactions that change one table: one of them is cancelled, and may begin anew. */
function isCancelledTransaction(refusal: Refusal): boolean {
  return refusal.says(/aborted due to concurrent update|Transaction is aborted/i);
}
