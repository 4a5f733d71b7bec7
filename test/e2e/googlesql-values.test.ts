/** What the in-repo BigQuery server promises of GoogleSQL, asked of Google's reference implementation. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate, googleSql } from "../contract/googlesql.ts";
import { missingAnalyzer, startAnalyzer, type Analyzer } from "./support/zetasql.ts";

/** Functions of BigQuery that came after this release of it. */
const later = /\bMAX_BY\(/;
const cases = Object.entries(googleSql).flatMap(([about, all]) => all.map((it) => ({ about, ...it })));

const missing = missingAnalyzer();
let analyzer: Analyzer;
beforeAll(async () => {
  if (missing === undefined) analyzer = await startAnalyzer();
}, 120_000);
afterAll(() => analyzer?.stop());

describe.skipIf(missing !== undefined)(`GoogleSQL${missing === undefined ? "" : `: ${missing}`}`, () => {
  test.for(cases.filter(({ sql }) => !later.test(sql)))("$about: $sql", async (it) => {
    expect(await evaluate(it, (sql) => analyzer.evaluate(sql))).toEqual(it.is);
  });

  test.for(cases.filter(({ sql }) => later.test(sql)))("not there yet: $sql", async (it) => {
    expect(await evaluate(it, (sql) => analyzer.evaluate(sql))).toContain("Function not found");
  });
});
