/** All pages of an answer, one after the other, each tried again where that may help; and never without an end. */
import { join } from "node:path";
import type { Context } from "../../../util/context.ts";
import { EtlError, type Where } from "../../../util/error.ts";
import { retry } from "../../../util/retry.ts";
import { download, type Downloaded } from "./download.ts";
import { HttpFault } from "./fault.ts";
import { createPager, type Page, type Paginate } from "./next-page.ts";

export interface Answer extends Downloaded {
  /** Absolute path of its bytes. */
  file: string;
  /** From 1. */
  page: number;
  fetchedAt: Date;
}

export interface ReadPages {
  /** The source's name. */
  name: string;
  url: URL;
  /** The address for messages. */
  shown: string;
  headers: Headers;
  folder: string;
  paginate: Paginate | undefined;
  timeout: number;
  retries: number;
  mostBytes: number;
  mostPages: number;
  limit: number | undefined;
  mayReach: (url: URL) => boolean;
  showValues?: boolean;
  where: (...inner: string[]) => Where;
  context: Context;
  /** Takes the rows of an answer, and says how many there are and where the next page is. */
  takePage: (answer: Answer) => Promise<Pick<Page, "rows" | "watched">>;
}

export async function readPages(options: ReadPages): Promise<void> {
  const { mostPages, limit, takePage, context } = options;
  const pager = createPager(options.paginate);
  let url: URL | undefined = pager.first(options.url);
  let [bytes, rows] = [0, 0];
  let last: Answer | undefined;
  for (let page = 1; url; page++) {
    context.signal.throwIfAborted();
    if (page > mostPages) throw tooMany(options);
    const answer: Answer | undefined = await fetchPage({
      ...options,
      url,
      page,
      bytes,
      mayEnd: page > 1 && pager.endsMissing,
    });
    if (!answer) return;
    const taken = await takePage(answer);
    if (taken.rows > 0 && last?.sha256 === answer.sha256) throw samePage(options, page);
    warnOfOnePage({ ...options, page, ...taken });
    bytes += answer.bytes;
    rows += taken.rows;
    last = answer;
    if (limit !== undefined && rows >= limit) return;
    const next = pager.next({ url, headers: answer.headers, ...taken });
    if (next && "problem" in next) throw pageError(options, page, next.problem, next.hint);
    url = next?.url;
  }
}

interface FetchPage extends ReadPages {
  page: number;
  /** Bytes of the pages before. */
  bytes: number;
  /** Whether there may be no such page. */
  mayEnd: boolean;
}

/** @returns undefined where the pages have come to their end */
async function fetchPage(options: FetchPage): Promise<Answer | undefined> {
  const { name, page, folder, bytes, retries, context, mayEnd } = options;
  const to = join(folder, `page-${page}`);
  let tries = 0;
  try {
    const answer = await retry(
      () => {
        tries++;
        return download({ ...options, to, bytesBefore: bytes });
      },
      {
        context,
        what: `source ${name}`,
        judge: (error) => {
          if (!(error instanceof HttpFault) || tries > retries) return { again: "never" };
          tellWait(error, options);
          return error.verdict;
        },
      },
    );
    return { ...answer, file: to, page, fetchedAt: context.now() };
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    if (mayEnd && error.status === 404) return undefined;
    throw pageError(
      options,
      page,
      tries === 1 ? error.message : `${error.message}, after ${tries} tries`,
      error.hint,
      error,
    );
  }
}

/** A wait that somebody who watches would wonder about. */
const longWait = 5000;

function tellWait({ message, verdict }: HttpFault, { name, context }: ReadPages): void {
  if (verdict.again !== "later" || (verdict.least ?? 0) < longWait) return;
  context.log.info(`source ${name}: ${message}`, { step: "wait", source: name });
}

function pageError({ name, shown, where }: ReadPages, page: number, message: string, hint?: string, cause?: unknown) {
  const of = page === 1 ? "" : ` (page ${page})`;
  return new EtlError({
    code: "failed",
    part: "http",
    message: `source ${name}: GET ${shown}${of}: ${message}`,
    hint,
    where: where("url"),
    cause,
  });
}

function tooMany(options: ReadPages): EtlError {
  const { mostPages, paginate } = options;
  const hint =
    paginate?.by === "link" || paginate?.by === "cursor"
      ? "Ask for larger pages, or allow more with `max_pages:`."
      : "Does the server know the page's parameter, and does a page beyond the last have no rows? Else allow more with `max_pages:`.";
  return pageError(options, mostPages, `there are more than ${mostPages} pages`, hint);
}

/** A server that does not know the parameter gives the first page again and again. */
function samePage(options: ReadPages, page: number): EtlError {
  const { parameter, by } = options.paginate!;
  return pageError(
    options,
    page,
    "the page is the one before it, byte for byte",
    `Does the API know the query parameter \`${parameter ?? by}\`? Say its name: paginate: { by: ${by}, parameter: NAME }.`,
  );
}

/** Some leave the cursor out of the last page; some pipelines look for it in the wrong place. */
function warnOfOnePage({
  page,
  rows,
  watched,
  paginate,
  name,
  context,
}: ReadPages & Pick<Page, "rows" | "watched"> & { page: number }) {
  if (page > 1 || rows === 0 || paginate?.cursor === undefined || watched !== undefined) return;
  context.log.info(`source ${name}: nothing at ${paginate.cursor}: the first page is the only one`, {
    step: "pages",
    source: name,
  });
}
