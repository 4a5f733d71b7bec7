/** What goes wrong between asking and the last byte of an answer, in words, and whether it is worth another try. */
import type { Verdict } from "../../../util/retry.ts";

export interface FaultParts {
  /** What happened, without the address. */
  message: string;
  hint?: string | undefined;
  verdict: Verdict;
  status?: number | undefined;
  cause?: unknown;
}

export class HttpFault extends Error {
  readonly hint: string | undefined;
  readonly verdict: Verdict;
  readonly status: number | undefined;
  constructor({ message, hint, verdict, status, cause }: FaultParts) {
    super(message, { cause });
    this.hint = hint;
    this.verdict = verdict;
    this.status = status;
  }
}

const later: Verdict = { again: "later" };
const never: Verdict = { again: "never" };

type Words = Omit<FaultParts, "cause">;

const proxied =
  "In a pod, a host that is not under `egress:` cannot be reached; behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.";
const untrusted =
  "Name a file with the certificate of who signed it in NODE_EXTRA_CA_CERTS. Nobody's identity is ever taken on trust.";
const cut: Words = { message: "the connection was cut", verdict: later };
const unreachable = (message: string): Words => ({ message, hint: proxied, verdict: later });

/** By the code of the innermost cause. Sources: https://nodejs.org/api/errors.html, https://undici.nodejs.org */
const byCode: Record<string, Words> = {
  ENOTFOUND: {
    message: "its host is not known: no DNS server has the name",
    hint: "Is `url` spelt right?",
    verdict: never,
  },
  EAI_AGAIN: { message: "its host could not be looked up: the DNS server gave no answer", verdict: later },
  ECONNREFUSED: {
    message: "nobody listens there: the connection was refused",
    hint: "Are host and port right?",
    verdict: later,
  },
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  ETIMEDOUT: unreachable("no connection could be made in time"),
  UND_ERR_CONNECT_TIMEOUT: unreachable("no connection could be made in time"),
  ENETUNREACH: unreachable("no way leads to its network"),
  EHOSTUNREACH: unreachable("no way leads to its host"),
  CERT_HAS_EXPIRED: {
    message: "its certificate has expired",
    hint: "Only who runs the server can mend that.",
    verdict: never,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: "its certificate is for another host",
    hint: "Write the host in `url` as the certificate names it.",
    verdict: never,
  },
  EPROTO: { message: "it does not speak TLS there", hint: "Is it http://, or another port?", verdict: never },
  UND_ERR_HEADERS_OVERFLOW: { message: "the headers of its answer are too long", verdict: never },
};

const patterns: [RegExp, Words][] = [
  [
    /^(?:DEPTH_ZERO_)?SELF_SIGNED|^UNABLE_TO_|^CERT_/,
    { message: "its certificate is not trusted", hint: untrusted, verdict: never },
  ],
  [/^ERR_SSL_/, byCode["EPROTO"]!],
  [/^HPE_/, { message: "what answers there does not speak HTTP", hint: "Are scheme and port right?", verdict: never }],
  [/^Z_|^ERR__?ERROR|BROTLI/i, { message: "its compressed answer is broken", verdict: later }],
];

/** @param error what fetch, or reading its body, has thrown */
export function faultOf(error: unknown): HttpFault {
  if (error instanceof HttpFault) return error;
  const code = codeOf(error);
  const words = (code === undefined
    ? undefined
    : (byCode[code] ?? patterns.find(([pattern]) => pattern.test(code))?.[1])) ?? {
    message: `the connection failed${code === undefined ? "" : `: ${code}`}`,
    verdict: later,
  };
  const isNamed = words.message.includes("trusted") && code !== undefined;
  return new HttpFault({ ...words, ...(isNamed && { message: `${words.message} (${code})` }), cause: error });
}

/** `fetch failed` says nothing, and neither does what sums up an attempt at each of a host's addresses. */
function codeOf(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = causeOf(inner)) {
    const { code, name } = inner as { code?: unknown; name: string };
    if (typeof code === "string") return code;
    if (name === "HTTPParserError") return "HPE_INVALID";
  }
  return undefined;
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
}

/** Passing by themselves: too many requests, a gateway's and a server's bad moments. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

const hints: Record<number, string> = {
  400: "Look at `query`: what does the API's documentation ask for?",
  401: "Does it ask for a token? Give it in `headers`, from ${secret:NAME}.",
  403: "Is the token the right one, and may it read this?",
  404: "Is `url` right? Was the interval's data there when it was asked for?",
  405: "Sources ask with GET only.",
  406: "Say in `headers` which Accept it wants.",
  407: "A proxy asks who you are: name user and password in HTTPS_PROXY.",
  410: "The address is gone: look for the API's new version.",
  429: "It asks for fewer requests: run less often, or read larger pages.",
};

interface Refused {
  status: number;
  text: string;
  /** Milliseconds that the server asks to wait. */
  wait: number | undefined;
  /** What it said, where that may be shown. */
  said: string | undefined;
}

export function statusFault({ status, text, wait, said }: Refused): HttpFault {
  const waits = wait === undefined ? "" : `, and asks to wait ${Math.ceil(wait / 1000)} s`;
  const quote = said === undefined || said === "" ? "" : `It says: ${said}`;
  const hint = [hints[status], quote].filter((part) => part !== undefined && part !== "").join("\n");
  return new HttpFault({
    message: `it answers ${status}${text === "" ? "" : ` ${text}`}${waits}`,
    hint: hint === "" ? undefined : hint,
    verdict: !passing.has(status) ? never : { again: "later", ...(wait !== undefined && { least: wait }) },
    status,
  });
}
