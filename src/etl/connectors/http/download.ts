/** One GET: its redirects followed, its answer's bytes in a file. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import type { Context } from "../../../util/context.ts";
import { formatBytes } from "../../../util/bytes.ts";
import { faultOf, HttpFault, statusFault } from "./fault.ts";
import { bePatient, type Patience } from "./patience.ts";
import { headersFor, isRedirect, mostRedirects, redirectedTo } from "./redirect.ts";
import { retryAfter } from "./retry-after.ts";

export interface Download {
  url: URL;
  headers: Headers;
  /** The file that is to hold the answer. */
  to: string;
  /** Seconds of silence. */
  timeout: number;
  /** Bytes that all answers together may have, and that those before it had. */
  mostBytes: number;
  bytesBefore: number;
  mayReach: (url: URL) => boolean;
  /** Whether what a server says of its refusal may be shown. */
  showValues?: boolean;
  context: Context;
}

export interface Downloaded {
  status: number;
  headers: Headers;
  bytes: number;
  sha256: string;
  /** Where the answer came from at last. */
  url: URL;
}

/** @throws {HttpFault}, or the reason of the context's signal */
export async function download(options: Download): Promise<Downloaded> {
  const { signal } = options.context;
  const patience = bePatient(options.timeout, signal);
  try {
    const { answer, url } = await ask(options, patience);
    if (!answer.ok) throw await refusal(answer, options);
    patience.came();
    return { status: answer.status, headers: answer.headers, url, ...(await save(answer, options, patience)) };
  } catch (error) {
    signal.throwIfAborted();
    throw faultOf(patience.signal.aborted ? patience.signal.reason : error);
  } finally {
    patience.end();
  }
}

async function ask({ url: first, headers, mayReach }: Download, { signal }: Patience) {
  let url = first;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const own = headersFor(headers, url.origin === first.origin);
    const answer = await fetch(url, { headers: own, redirect: "manual", signal });
    if (!isRedirect(answer)) return { answer, url };
    await answer.body?.cancel();
    url = redirectedTo({ from: url, location: answer.headers.get("location")!, mayReach });
  }
  throw new HttpFault({
    message: `it sends us on and on: ${mostRedirects} redirects were followed`,
    hint: "Such a circle is often a login that never succeeds: does it ask for a token?",
    verdict: { again: "never" },
  });
}

const longestQuote = 200;

async function refusal(answer: Response, { context, showValues }: Download): Promise<HttpFault> {
  const { status, headers } = answer;
  const said = showValues ? await beginningOf(answer) : undefined;
  if (!showValues) await answer.body?.cancel();
  return statusFault({
    status,
    text: STATUS_CODES[status] ?? "",
    wait: retryAfter(headers.get("retry-after"), context.now()),
    said:
      said === undefined ? undefined : context.log.scrub(said).replaceAll(/\s+/g, " ").trim().slice(0, longestQuote),
  });
}

async function beginningOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > 20 * longestQuote) break;
  }
  return Buffer.concat(parts).toString("utf8");
}

/** After `Content-Encoding` is taken off: the answer's own bytes. */
async function save({ body }: Response, { to, mostBytes, bytesBefore }: Download, patience: Patience) {
  const hash = createHash("sha256");
  const file = await open(to, "w");
  let bytes = 0;
  try {
    for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
      patience.came();
      bytes += part.length;
      if (bytesBefore + bytes > mostBytes) throw tooLarge(mostBytes);
      hash.update(part);
      await file.writeFile(part);
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

function tooLarge(mostBytes: number): HttpFault {
  return new HttpFault({
    message: `the answers are larger than ${formatBytes(mostBytes)}`,
    hint: "Ask for less, or allow more with `max_size:`.",
    verdict: { again: "never" },
  });
}
