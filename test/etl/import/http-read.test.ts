import { expect, test } from "vitest";
import { importScript } from "../../../src/etl/import/import-script.ts";

async function sourceOf(lines: string[]) {
  const end = ["df = pd.DataFrame(rows)", "df.to_gbq('d.t', if_exists='replace')"];
  const text = ["import pandas as pd", ...lines, ...end].join("\n");
  const { sources, interval, notes } = await importScript({ text, file: "a.py", siblings: [] });
  const [source] = Object.values(sources);
  return { source, interval, told: notes.map(({ message }) => message).join("\n") };
}

function paged(loop: string, { params = "'page': page", before = "page = 1", step = "page += 1" } = {}) {
  return sourceOf([
    "rows = []",
    before,
    loop,
    `    body = requests.get('https://a.no/x', params={${params}}).json()`,
    "    rows += body['items']",
    "    if not body['items']:",
    "        break",
    ...(step === "" ? [] : [`    ${step}`]),
  ]);
}

test("a page that is counted by one in a loop is `by: page`, from where it begins", async () => {
  const { source, told } = await paged("while True:", { before: "page = 0", step: "page = page + 1" });
  expect(source).toMatchObject({ paginate: { by: "page", parameter: "page", start: 0 }, records: "$.items[*]" });
  expect(source).not.toHaveProperty("query");
  expect(told).toContain("its pages are counted by `page` from 0, until one has no rows");
  expect(told).not.toMatch(/again and again|is not carried over/);
});

test.each(["range(1, 100)", "itertools.count(1)"])("so is one of %s", async (all) => {
  const { source } = await paged(`for page in ${all}:`, { step: "" });
  expect(source).toMatchObject({ paginate: { by: "page", parameter: "page" } });
});

test("what is counted by the rows is an offset, with the size of a page", async () => {
  const params = "'skip': at, 'limit': 50, 'lang': 'no'";
  const { source } = await paged("while True:", { before: "at = 0", params, step: "at += 50" });
  expect(source).toMatchObject({
    paginate: { by: "offset", parameter: "skip", size: 50, size_parameter: "limit" },
    query: { lang: "no" },
  });
});

test("a loop that counts nothing, or another thing, has no pages: it is told", async () => {
  const { source, told } = await paged("while True:", { step: "other += 1" });
  expect(source).not.toHaveProperty("paginate");
  expect(told).toContain("it reads or writes again and again");
});

function dated(from: string, to: string, before: string[] = []) {
  const get = `rows = requests.get('https://a.no/x', params={'from': ${from}, 'to': ${to}}).json()`;
  return sourceOf(["from datetime import date, datetime, timedelta", ...before, get]);
}

test.each([
  [
    "(date.today() - timedelta(days=1)).isoformat()",
    "date.today().isoformat()",
    "${interval:start}",
    "${interval:end}",
  ],
  ["date.today() - timedelta(8)", "str(date.today() - timedelta(1))", "${interval:start-7d}", "${interval:start}"],
  ["(datetime.now().date() - timedelta(days=1)).strftime('%Y-%m-%d')", "'x'", "${interval:start}", "x"],
])("yesterday is the interval's start: from %s to %s", async (from, to, start, end) => {
  const { source, interval } = await dated(from, to);
  expect(source).toMatchObject({ query: { from: start, to: end } });
  expect(interval).toBe("day");
});

test("a day that is given to a function by another name is followed to where it comes from", async () => {
  const { source } = await sourceOf([
    "from datetime import date, timedelta",
    "def get(d):",
    "    return pd.DataFrame(requests.get('https://a.no/x', params={'day': d.isoformat()}).json())",
    "yesterday = date.today() - timedelta(days=1)",
    "rows = get(yesterday)",
  ]);
  expect(source).toMatchObject({ query: { day: "${interval:start}" } });
});

test.each([
  ["(date.today() - timedelta(days=7)).isoformat()", "no yesterday: not the last day"],
  ["(datetime.now() - timedelta(days=1)).isoformat()", "a time of day, too"],
  ["(date.today() - timedelta(hours=1)).isoformat()", "hours"],
  ["(date.today() + timedelta(days=1)).isoformat()", "the future"],
])("%s is no bound of an interval: %s", async (from) => {
  const { source, interval, told } = await dated(from, "'x'");
  expect(source).toMatchObject({ query: { to: "x" } });
  expect(interval).toBeUndefined();
  expect(told).toContain("the script computes `from`");
});
