/** A refusal as BigQuery words it: over HTTP as a status and a reason, in a job as its errorResult. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;
  readonly details: ErrorProto[] | undefined;

  constructor({ status, reason, message, location, details }: ErrorParts) {
    super(message);
    this.details = details;
    this.status = status ?? statuses[reason] ?? 400;
    this.reason = reason;
    this.location = location;
  }
}

interface ErrorParts {
  reason: string;
  message: string;
  /** What the reason gives, unless said. */
  status?: number;
  /** For a query: where in its text. */
  location?: string;
  /** For a load: what was wrong with single rows. */
  details?: ErrorProto[];
}

/** https://cloud.google.com/bigquery/docs/error-messages */
const statuses: Record<string, number> = {
  accessDenied: 403,
  authError: 401,
  backendError: 503,
  conditionNotMet: 412,
  duplicate: 409,
  internalError: 500,
  invalid: 400,
  invalidQuery: 400,
  invalidUser: 400,
  notFound: 404,
  notImplemented: 501,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  resourceInUse: 400,
  resourcesExceeded: 400,
  responseTooLarge: 403,
  stopped: 200,
};

const statusNames: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
};

export const invalid = (message: string) => new ApiError({ reason: "invalid", message });
export const invalidQuery = (message: string, location?: string) =>
  new ApiError({ reason: "invalidQuery", message, ...(location && { location }) });
export const notFound = (message: string) => new ApiError({ reason: "notFound", message: `Not found: ${message}` });
export const duplicate = (message: string) =>
  new ApiError({ reason: "duplicate", message: `Already Exists: ${message}` });
export const denied = (message: string) =>
  new ApiError({ reason: "accessDenied", message: `Access Denied: ${message}` });
/** What BigQuery can do and this server cannot: never passed over in silence. */
export const notHere = (what: string) =>
  new ApiError({ reason: "notImplemented", message: `the BigQuery test server does not know ${what}` });

/** The body of an HTTP reply. */
export function errorBody(error: ApiError): object {
  const { status: code, reason, message, location } = error;
  const item = { message, domain: "global", reason, ...(location && { location, locationType: "other" }) };
  return { error: { code, message, errors: [item], status: statusNames[code] ?? "UNKNOWN" } };
}

/** A job's errorResult. */
export function errorProto({ reason, message, location }: ApiError): ErrorProto {
  return { reason, ...(location && { location }), message };
}

export interface ErrorProto {
  reason: string;
  message: string;
  location?: string;
}

/** Whatever went wrong, as BigQuery would report it; a bug of the server's own is an internal error with its stack. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError({ reason: "internalError", message: `the BigQuery test server failed: ${message}` });
}
