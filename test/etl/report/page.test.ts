import { describe, expect, test } from "vitest";
import type { TableProfile } from "../../../src/etl/record/table-profile.ts";
import { html } from "../../../src/etl/report/html.ts";
import { reportMarkdown } from "../../../src/etl/report/markdown.ts";
import { reportPage } from "../../../src/etl/report/page.ts";
import { stepsOf } from "../../../src/etl/report/steps-table.ts";
import type { PastRun } from "../../../src/etl/report/report-run.ts";
import { checkOf, goodRecord, recordOf, reportOf } from "./records.ts";

const profile: TableProfile[] = [
  {
    table: "apps_per_env",
    rows: 4,
    looked: 4,
    columns: [
      {
        name: "env",
        type: "STRING",
        nulls: 1,
        distinct: 2,
        values: {
          min: "dev",
          max: "prod",
          top: [
            { value: "prod", count: 2 },
            { value: "dev", count: 1 },
          ],
        },
      },
      {
        name: "antall_apper",
        type: "INT64",
        nulls: 0,
        distinct: 4,
        values: { min: "7", max: "13", mean: "9.25", quartiles: ["7", "8", "9"], histogram: [1, 0, 2, 1] },
      },
      { name: "fødselsår", type: "INT64", nulls: 0, distinct: 3 },
      { name: "tags", type: "ARRAY<STRING>", nulls: 4 },
    ],
  },
];

const history: PastRun[] = (["succeeded", "failed", "killed", "succeeded"] as const).map((status, i) => ({
  run_id: `2022-01-${17 + i}`,
  execution: `apps-${i}`,
  status,
  started_at: `2022-01-${18 + i}T06:30:00.000Z`,
  seconds: status === "killed" ? undefined : 3 + i / 2,
  rows: status === "succeeded" ? 4 : undefined,
}));

const failed = recordOf({
  ...goodRecord,
  status: "failed",
  exit_code: 3,
  checks: [
    checkOf({ status: "fail", offending: 1, found: "1 of 4 rows" }),
    checkOf({ check: "unique(env)", kind: "unique" }),
  ],
  outputs: [
    {
      name: "apps_per_env",
      status: "not_published",
      destination: "apps.apps_per_env",
      write: "replace",
      rows: undefined,
    },
  ],
  problems: [
    {
      severity: "error",
      message: "apps_per_env not_null(dato): 1 of 4 rows",
      hint: "Look at the rows:\n  nais-etl show apps_per_env",
      where: { file: "pipeline.yaml", line: 27, column: 9 },
    },
  ],
});

/** How it looks is seen, not compared. */
const withoutStyle = (page: string) => page.replace(/<style>.*?<\/style>/s, "<style>…</style>");

/** Name, begin and seconds of the steps of a run that took so long. */
const stepsWithin = (seconds: number) =>
  stepsOf({ ...goodRecord, seconds }).map(({ name, begins, seconds: took }) => `${name} ${begins} ${took}`);

const failedHistory: PastRun[] = [...history.slice(0, -1), { ...history.at(-1)!, status: "failed", rows: undefined }];

describe("the report", () => {
  test("of a good run is this page", async () => {
    const page = withoutStyle(reportPage(reportOf(goodRecord, { profile, history })));
    await expect(page).toMatchFileSnapshot("../../golden/report/good.html.txt");
  });

  test("of a failed run is this page", async () => {
    await expect(withoutStyle(reportPage(reportOf(failed, { history: failedHistory })))).toMatchFileSnapshot(
      "../../golden/report/failed.html.txt",
    );
  });

  test("of a good and of a failed run is this Markdown", async () => {
    const good = reportMarkdown(reportOf(goodRecord, { profile, history }));
    await expect(good).toMatchFileSnapshot("../../golden/report/good.md");
    await expect(reportMarkdown(reportOf(failed, { history: failedHistory }))).toMatchFileSnapshot(
      "../../golden/report/failed.md",
    );
  });

  test("tells what of the run's time no step has", () => {
    expect(stepsWithin(4).slice(-1)).toEqual(["apps_per_env 2.4 1.5"]);
    expect(stepsWithin(4)[0]).toBe("start 0 0.2");
    expect(stepsWithin(8).at(-1)).toBe("end 3.9 4.1");
    expect(stepsWithin(8)[0]).toBe("apps 0.2 1.1");
  });

  test.each([
    ["killed", "Killed", "It ended without a word"],
    ["running", "Running", "It has not come to its end."],
  ] as const)("of a run that is %s says so, whatever its record says", (status, word, sentence) => {
    const run = reportOf(recordOf({ status: "failed" }), { history: [...history, { ...history[2]!, status }] });
    expect(reportPage(run)).toMatch(new RegExp(`<body class="${status}">[^]*${word}</span> ${sentence}`));
    expect(reportMarkdown(run)).toContain(`${word}.** ${sentence}`);
  });

  test("asks nothing of any network, and lets no script run but its own", () => {
    const page = reportPage(reportOf(goodRecord, { profile, history }));
    expect(page).not.toMatch(/https?:|\bsrc=|@import|url\(|<link/);
    expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; [^"]*script-src &#39;sha256-/);
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  test("has a head for every column of its tables, and one for every row", () => {
    const page = reportPage(reportOf(failed, { profile, history }));
    for (const [, table = ""] of page.matchAll(/<table[^>]*>(.*?)<\/table>/gs)) {
      const heads = table.match(/<th scope="col"/g)!.length;
      const [, body = ""] = table.split("<tbody>");
      for (const [, row = ""] of body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)) {
        const cells = row.match(/<t[hd][ >][^>]*>?/g)!;
        const spans = cells.map((cell) => Number(/colspan="(\d)"/.exec(cell)?.[1] ?? 1));
        expect(spans.reduce((a, b) => a + b, 0)).toBe(heads);
        expect(row).toContain('<th scope="row"');
      }
    }
  });

  test("of a hundred models with their columns has less than 300 kB", () => {
    const names = Array.from({ length: 100 }, (_, i) => `model_number_${i}`);
    const columns = Array.from({ length: 6 }, (_, i) => ({ ...profile[0]!.columns[i % 2]!, name: `column_${i}` }));
    const record = recordOf({
      ...goodRecord,
      graph: {
        models: Object.fromEntries(names.map((name, i) => [name, i < 5 ? ["apps"] : [names[i - 5]!, names[i - 3]!]])),
        outputs: {},
      },
      models: names.map((name) => ({ ...goodRecord.models[1]!, name })),
      checks: names.flatMap((table) => [checkOf({ table }), checkOf({ table, check: "unique(id)" })]),
    });
    const page = reportPage(reportOf(record, { profile: names.map((table) => ({ ...profile[0]!, table, columns })) }));
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  });
});

describe("texts of others", () => {
  const evil = `<script>alert(1)</script>"'&|\`*æøå*\`[x](javascript:y)\u202E\u0000`;

  test("are texts in HTML, whatever they hold", () => {
    expect(html`<p title="${evil}">${[evil]}</p>`.text).not.toMatch(/<script|[\p{Cc}\u202E]|title="[^"]*<"/u);
    expect(html`<b>${"a"}${undefined}${3}${html`<i>${"<"}</i>`}</b>`.text).toBe("<b>a3<i>&#60;</i></b>");
  });

  const record = recordOf({
    pipeline: evil,
    target: evil,
    run_id: evil,
    execution: evil,
    status: "failed",
    interval: { start: evil, end: evil },
    params: { [evil]: evil },
    revision: evil,
    image: evil,
    source_digest: evil,
    nais_etl: evil,
    graph: { models: { [evil]: [`s${evil}`] }, outputs: { [`o${evil}`]: evil } },
    sources: [{ name: `s${evil}`, status: "done", rows: 1, bytes: 1, begins: 0, seconds: 1 }],
    models: [{ name: evil, status: "skipped", kind: "table", rows: 1, bytes: 1, seconds: 1, because: evil }],
    outputs: [{ name: `o${evil}`, status: "skipped", destination: evil, write: evil, rows: 1, reason: evil }],
    checks: [checkOf({ check: evil, table: evil, found: evil, query: evil, condition: evil, status: "fail" })],
    problems: [{ severity: "error", message: evil, hint: evil, where: { file: evil } }],
    seconds: 2,
  });
  const column = {
    name: evil,
    type: evil,
    nulls: 0,
    distinct: 1,
    values: {
      min: evil,
      max: `${evil}!`,
      quartiles: [evil, evil, evil] as [string, string, string],
      mean: evil,
      top: [{ value: evil, count: 1 }],
    },
  };
  const whole = reportOf(record, {
    description: evil,
    descriptions: { [evil]: evil },
    profile: [{ table: evil, rows: 1, looked: 1, columns: [column] }],
    history: [...history, { ...history[0]!, run_id: evil, execution: evil }],
  });

  test("are texts wherever a report has them", () => {
    const page = reportPage(whole);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202E]|alert\(1\)"/u);
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(page).toContain("æøå");
    // Every tag that is opened is one of ours.
    const tags = new Set([...page.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => /^(img|iframe|a|object|embed|form|base)$/.test(tag!))).toEqual([]);
  });

  test("are texts in Markdown, in one line of their table", () => {
    const text = reportMarkdown(whole);
    expect(text).not.toMatch(/<script|\[x\]|`|(?<!\\)\*æ/);
    for (const line of text.split("\n").filter((one) => one.startsWith("| ")))
      expect(line.endsWith(" |"), line).toBe(true);
  });

  test("that are names with underscores stay readable in Markdown", () => {
    expect(reportMarkdown(reportOf(goodRecord))).toContain("| apps_per_env (replace → apps.apps_per_env) |");
  });
});
