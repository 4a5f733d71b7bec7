/** docs/troubleshooting.md quotes what is printed: word for word, or nobody would find it there. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSource } from "./support/syntax.ts";

const page = readFileSync(new URL("../docs/troubleshooting.md", import.meta.url), "utf8");
const quotes = [...page.matchAll(/^> `(.*)`$/gm)].map(([, quote]) => quote!);
const lines = readSource().flatMap(({ text }) => text.split("\n").filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line)));

/** `…` is what a template fills in. A pattern of what others say has its quotes and brackets escaped. */
function isIn(quote: string): (line: string) => boolean {
  const escaped = quote.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(escaped.join(".*"));
  return (line) => pattern.test(line.replaceAll("\\`", "`"));
}

test("there are symptoms", () => {
  expect(quotes.length).toBeGreaterThan(15);
});

test.each(quotes)("nais-etl says, or knows: %s", (quote) => {
  expect(quote.replaceAll("…", "").length).toBeGreaterThan(10);
  expect(lines.some(isIn(quote))).toBe(true);
});

describe("each symptom", () => {
  const [, contents = "", ...parts] = page.split(/^## /m);

  test.each(parts.map((part) => [part.split("\n")[0]!, part]))("%s has a cure", (_, part) => {
    expect(part).toContain("**Cure.** ");
  });

  test("is in the list at the top", () => {
    expect(contents.match(/\]\(#/g)).toHaveLength(parts.length);
  });
});
