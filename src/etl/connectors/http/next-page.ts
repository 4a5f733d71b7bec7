/** Which page is asked for next, and when there is none. */
import type { HttpSource } from "../../../spec/source.ts";
import { nextLink } from "./link-header.ts";

export type Paginate = NonNullable<HttpSource["paginate"]>;

/** What is known of a page when the next one is looked for. */
export interface Page {
  url: URL;
  headers: Headers;
  rows: number;
  /** What stands at `cursor` in it. */
  watched: string | undefined;
}

export interface Pager {
  /** The first page's address. */
  first(url: URL): URL;
  /** @returns undefined after the last page */
  next(page: Page): { url: URL } | { problem: string; hint: string } | undefined;
  /** Whether a page that is not there (404) is the end. */
  endsMissing: boolean;
}

export function createPager(paginate: Paginate | undefined): Pager {
  if (!paginate) return { first: (url) => url, next: () => undefined, endsMissing: false };
  const sized = (url: URL) => withSize(url, paginate);
  if (paginate.by === "link") return { first: sized, next: linkPager(paginate), endsMissing: false };
  if (paginate.by === "cursor") return { first: sized, next: cursorPager(paginate), endsMissing: false };
  return countingPager(paginate);
}

function withSize(url: URL, { size, size_parameter: name }: Paginate): URL {
  return name === undefined || size === undefined ? url : withParameter(url, name, String(size));
}

function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}

/** Pages and offsets are counted until a page has no rows: a short one may be short because the server gives no more at a time. */
function countingPager(paginate: Paginate): Pager {
  const { by, parameter = by, start = by === "page" ? 1 : 0 } = paginate;
  let at = start;
  return {
    first: (url) => withParameter(withSize(url, paginate), parameter, String(start)),
    next({ url, rows }) {
      if (rows === 0) return undefined;
      at += by === "page" ? 1 : rows;
      return { url: withParameter(url, parameter, String(at)) };
    },
    endsMissing: true,
  };
}

function cursorPager({ parameter = "cursor" }: Paginate): Pager["next"] {
  const seen = new Set<string>();
  return ({ url, watched }) => {
    if (watched === undefined || watched === "") return undefined;
    if (seen.has(watched))
      return {
        problem: "the next page's cursor was there before: it would go round and round",
        hint: `Is \`parameter: ${parameter}\` what the API calls it? Is \`cursor:\` the path of the next page's, not of this one's?`,
      };
    seen.add(watched);
    return { url: withParameter(url, parameter, watched) };
  };
}

function linkPager({ cursor }: Paginate): Pager["next"] {
  const seen = new Set<string>();
  return ({ url, headers, watched }) => {
    seen.add(url.href);
    const text = cursor === undefined ? nextLink(headers.get("link")) : watched;
    if (text === undefined || text === "") return undefined;
    const next = URL.parse(text, url.href);
    if (!next) return { problem: "the next page's address is none", hint: "Is it a cursor? Then say `by: cursor`." };
    next.hash = "";
    if (next.origin !== url.origin)
      return {
        problem: `the next page is at another address, ${next.origin}: it is not asked, since it would be sent your headers`,
        hint: "Is the server behind a proxy that it does not know of? Count pages instead: by: page.",
      };
    if (seen.has(next.href))
      return {
        problem: "the next page was read before: it would go round and round",
        hint: "The server's links lead in a circle; count pages instead: by: page.",
      };
    return { url: next };
  };
}
