/** Faults on request: which requests they hit, and what the client sees instead of its answer. */
import { ApiError, invalid } from "./api-error.ts";
import type { Fault, FaultAction, RequestMatch, SeenRequest } from "./options.ts";

interface Armed {
  id: number;
  fault: Fault;
  /** Requests that matched. */
  seen: number;
  hits: number;
}

export interface FaultList {
  add(fault: Fault): number;
  clear(): void;
  /** How many requests the fault has hit; of all faults, where no id is given. */
  hits(id?: number): number;
  /** The fault that hits this request, if any. Counts the request. */
  strike(request: SeenRequest): Fault | undefined;
  /** Ends when `release()` is called. */
  held(): Promise<void>;
  release(): void;
  /** How many requests wait. */
  waiting(): number;
}

export function makeFaults(): FaultList {
  let armed: Armed[] = [];
  let count = 0;
  let waiters: (() => void)[] = [];
  const release = () => {
    const released = waiters;
    waiters = [];
    for (const wake of released) wake();
  };
  return {
    add(fault) {
      checkFault(fault);
      armed.push({ id: (count += 1), fault, seen: 0, hits: 0 });
      return count;
    },
    clear() {
      armed = [];
      release();
    },
    hits: (id) => armed.filter((it) => id === undefined || it.id === id).reduce((sum, it) => sum + it.hits, 0),
    strike: (request) => strike(armed, request),
    held: () => new Promise((resolve) => waiters.push(resolve)),
    release,
    waiting: () => waiters.length,
  };
}

function checkFault({ on, action }: Fault): void {
  for (const pattern of [on.body, on.target]) if (pattern !== undefined) new RegExp(pattern);
  if (!(action in kinds)) throw invalid(`there is no fault ${action}; there are ${Object.keys(kinds).join(", ")}`);
}

function strike(armed: Armed[], request: SeenRequest): Fault | undefined {
  let found: Fault | undefined;
  for (const it of armed.filter(({ fault }) => matches(fault.on, request))) {
    it.seen += 1;
    const first = it.fault.nth ?? 1;
    if (found || it.seen < first || it.seen >= first + (it.fault.times ?? 1)) continue;
    it.hits += 1;
    found = it.fault;
  }
  return found;
}

export function matches(match: RequestMatch, request: SeenRequest): boolean {
  const { method, kind, target, body, writes } = match;
  return (
    (method === undefined || method === request.method) &&
    (kind === undefined || kind === request.kind) &&
    (writes === undefined || writes === request.writes) &&
    (target === undefined || new RegExp(target).test(request.target ?? "")) &&
    (body === undefined || new RegExp(body).test(JSON.stringify(request.body ?? "")))
  );
}

type When = "before" | "after" | "answer" | "job";

const kinds: Record<FaultAction, When> = {
  drop: "before",
  hold: "before",
  "lose-answer": "after",
  "hold-after": "after",
  "token-expired": "answer",
  "rate-limit": "answer",
  "too-many-requests": "answer",
  quota: "answer",
  forbidden: "answer",
  internal: "answer",
  "bad-gateway": "answer",
  unavailable: "answer",
  "fail-job": "job",
  "hold-job": "job",
  "slow-job": "job",
};

/** What the fault answers instead of doing the work. */
export function answerOf(action: FaultAction): ApiError | undefined {
  const found = answers[action];
  return found && new ApiError(found);
}

const answers: Partial<Record<FaultAction, ConstructorParameters<typeof ApiError>[0]>> = {
  "token-expired": {
    reason: "authError",
    message:
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
  },
  "rate-limit": {
    reason: "rateLimitExceeded",
    message: "Exceeded rate limits: too many api requests per user per method for this user_method.",
  },
  "too-many-requests": { reason: "rateLimitExceeded", status: 429, message: "Too many requests." },
  quota: { reason: "quotaExceeded", message: "Quota exceeded: Your project exceeded quota for imports per table." },
  forbidden: { reason: "accessDenied", message: "Access Denied: Permission denied." },
  internal: { reason: "internalError", message: "An internal error occurred and the request could not be completed." },
  unavailable: { reason: "backendError", message: "The service is currently unavailable." },
};
