import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { report, type ReportOptions } from "../../../src/commands/report.ts";
import { problemsOf } from "../../support/folder.ts";
import { realContext } from "../context.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

async function ask(options: ReportOptions = {}): Promise<string> {
  const lines: string[] = [];
  const { path: folder } = lab.folder;
  const write = (line: string) => void lines.push(line);
  await report({ target: "prod", ...options }, realContext({ folder, tmpdir: folder, env: lab.env, write }));
  return lines.join("");
}

test("a run that publishes to BigQuery is told from its row there, with counts and no values", async () => {
  await lab.write("SELECT 1 AS id, 'Tromsø4711' AS town UNION ALL SELECT 2, NULL");
  expect((await lab.run({ target: "prod" })).code).toBe(0);
  await lab.write("SELECT 1 AS id, error('Kari4711') AS town");
  expect((await lab.run({ target: "prod" })).code).toBe(1);
  await lab.server.clearRequests();

  const last = await ask({ markdown: true });
  expect(last).toMatch(/^## lab: failed\n/);
  expect(last).toContain("### Problems");
  const [, first = ""] = /\| (\S+) \| [^|]* \| Succeeded \|/.exec(last)!;
  const good = await ask({ run: first, markdown: true });
  expect(good).toContain("| t | town | STRING | 50 % | 1 |");

  const path = (await ask({ run: first })).trim();
  const page = await lab.folder.read(path);
  expect(page).toContain("counts only: values are shown on target local");
  for (const text of [last, good, page]) expect(text).not.toMatch(/Troms|Kari|(?<![\d.a-f])4711(?![\da-f])/);
  expect(await lab.writes()).toEqual([]);
});

test("where nothing has run there is nothing to tell, and nothing is made", async () => {
  await lab.write("SELECT 1 AS id");
  expect(await problemsOf(() => ask())).toMatchObject([{ message: "no run of lab on target prod is known" }]);
  expect(await lab.tables()).toEqual([]);
});
