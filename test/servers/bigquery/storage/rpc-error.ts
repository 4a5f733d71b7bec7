/** A refusal over gRPC. */
import { ApiError } from "../api-error.ts";

/** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
export const statuses = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

export type CodeName = keyof typeof statuses;

export class RpcError extends Error {
  readonly code: CodeName;
  constructor(code: CodeName, message: string) {
    super(message);
    this.code = code;
  }
}

/** Google's mapping of HTTP to gRPC. */
const codes: Record<number, CodeName> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
};

export function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (!(error instanceof ApiError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return new RpcError("INTERNAL", `the BigQuery test server failed: ${text}`);
  }
  const isQuota = error.reason === "rateLimitExceeded" || error.reason === "quotaExceeded";
  return new RpcError(isQuota ? "RESOURCE_EXHAUSTED" : (codes[error.status] ?? "INTERNAL"), error.message);
}
