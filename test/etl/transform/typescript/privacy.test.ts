import { afterEach, expect, test } from "vitest";
import type { Folder } from "../../../support/folder.ts";
import { runTrial } from "./support.ts";

const folders: Folder[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

/** All that a run says and keeps, of a model that meets the value `Zyxquort 4711`. */
async function said(text: string, pipeline: string, options: { target?: string }): Promise<string> {
  const ran = await runTrial(
    {
      models: { "people.sql": "SELECT 'Zyxquort 4711' AS name", "made.ts": text },
      columns: "{ name: STRING }, inputs: [people]",
      pipeline,
      output: "{ type: file, path: out/made.parquet }",
    },
    options,
  );
  folders.push(ran.folder);
  expect(ran.problems.join("\n")).toContain("[model made]");
  return `${ran.text}\n${ran.problems.join("\n")}`;
}

const throwing = [
  "export const row = ({ name }: any) => { throw new Error(`no ${name}`); };",
  "export const row = ({ name }: any) => JSON.parse(name);",
  "export const row = ({ name }: any) => (null as any)[name];",
  "export const row = ({ name }: any) => { throw name; };",
  "export const row = ({ name }: any) => { throw Object.assign(new Error(), { name, message: name }); };",
  "export const row = ({ name }: any) => ({ name: [name] });",
  "export const row = ({ name }: any) => ({ [name]: 1, name });",
  "export const row = ({ name }: any) => name;",
  "export const row = ({ name }: any) => { console.log(name); console.error(name); throw new TypeError(name); };",
  "export const table = (people: any) => people.groupBy([...people].map((one) => one.name), () => ({}), () => {});",
];

const elsewhere = "targets: { pod: { description: x } }";

test.each(throwing)("outside target local no value is shown, in the log or in the record: %s", async (text) => {
  expect(await said(text, elsewhere, { target: "pod" })).not.toMatch(/Zyxquort|(?<![\d.a-f])4711(?![\da-f])/);
});

test.each(throwing.slice(0, 9))("nor is one of a column that is marked sensitive: %s", async (text) => {
  const marked = "  people: { columns: { name: { type: STRING, sensitive: true } } }";
  const log = await said(text, marked, {});
  expect(log.replaceAll(/^  made: .*$/gm, "")).not.toMatch(/Zyxquort|(?<![\d.a-f])4711(?![\da-f])/);
});

test("on target local it is", async () => {
  expect(await said(throwing[0]!, "", {})).toContain("models/made.ts:1:47 error: [model made] no Zyxquort 4711");
});
