import { describe, expect, test } from "vitest";
import { answerEncoding } from "../../../../src/etl/connectors/http/answer-encoding.ts";
import { nextLink } from "../../../../src/etl/connectors/http/link-header.ts";
import { retryAfter } from "../../../../src/etl/connectors/http/retry-after.ts";

test.each([
  [null, undefined],
  ["", undefined],
  ["</a>; rel=next", "/a"],
  ['<https://x/a?b=1,2>; rel="next"', "https://x/a?b=1,2"],
  ['</p>; rel="prev", </n>; rel="next"; title="last, one"', "/n"],
  ['</n>; title="a; rel=prev"; rel="last next"', "/n"],
  ["</n> ; REL = NEXT", "/n"],
  ['</a>; rel="nextish"', undefined],
  ['</a>; title="rel=next"', undefined],
  ["</a>; rel=first,</b>;rel=next", "/b"],
])("of Link: %s, next is %s", (header, expected) => {
  expect(nextLink(header)).toBe(expected);
});

describe("Retry-After", () => {
  const now = new Date("2026-11-05T10:00:00Z");
  test.each([
    [null, undefined],
    ["0", 0],
    [" 120 ", 120_000],
    ["Thu, 05 Nov 2026 10:01:00 GMT", 60_000],
    ["Thu, 05 Nov 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
  ])("%s", (text, expected) => {
    expect(retryAfter(text, now)).toBe(expected);
  });
});

test.each([
  ["application/json", undefined, undefined],
  ["application/json; charset=utf-8", undefined, undefined],
  ['text/csv; header=present; charset="ISO-8859-1"', undefined, "windows-1252"],
  ["application/json; charset=UTF-16LE", undefined, "utf-16le"],
  ["application/json; charset=nonsense", undefined, undefined],
  ["application/json; charset=us-ascii", undefined, undefined],
  ["application/json; charset=utf-8", "windows-1252", "windows-1252"],
  ["application/json; charset=latin1", "utf-8", undefined],
])("%s, declared as %s, is %s", (type, declared, expected) => {
  expect(answerEncoding(declared, new Headers({ "content-type": type }))).toBe(expected);
});
