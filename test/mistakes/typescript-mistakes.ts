/** Mistakes that people make in TypeScript models. */
import type { Mistake } from "./mistakes.ts";

const row = `import type { Apps, StgApps } from "./types.d.ts";

export function row(apps: Apps): StgApps {
  const { dato, cluster, name } = apps;
  return { dato, env: cluster!.split("-")[0]!, name };
}
`;

/** The good pipeline with its first model in TypeScript, and this changed in it. */
function staging(from: string, to: string): NonNullable<Mistake["files"]> {
  if (!row.includes(from)) throw new Error(`the model has no ${from}`);
  return model(row.replace(from, to));
}

function model(text: string): NonNullable<Mistake["files"]> {
  return {
    "pipeline.yaml": (yaml) =>
      yaml.replace("models:\n", "models:\n  stg_apps: { columns: { dato: DATE, env: STRING, name: STRING } }\n"),
    "models/stg_apps.sql": null,
    "models/stg_apps.ts": text,
  };
}

const unlisted: Mistake[] = [
  {
    name: "throws-in-a-helper",
    args: ["run"],
    files: staging("  return {", '  if (name === "b") throw new Error(`no name like ${name}`);\n  return {'),
    exitCode: 1,
  },
  {
    name: "null-in-the-data",
    args: ["run"],
    files: { ...staging("cluster!", "cluster!"), "data/apps.csv": "dato,cluster,name\n2022-01-20,,a\n" },
    exitCode: 1,
  },
  {
    name: "column-misspelt",
    args: ["run"],
    files: staging("return { dato, env:", "return { dato, envv:"),
    exitCode: 1,
  },
  { name: "column-left-out", args: ["run"], files: staging(", name };", " };"), exitCode: 1 },
  { name: "column-too-many", args: ["run"], files: staging(", name };", ", name, cluster };"), exitCode: 1 },
  { name: "value-of-another-type", args: ["run"], files: staging(", name };", ", name: name!.length };"), exitCode: 1 },
  {
    name: "date-as-date",
    args: ["run"],
    files: staging("return { dato,", "return { dato: new Date(dato!),"),
    exitCode: 1,
  },
  { name: "return-forgotten", args: ["run"], files: staging("return {", "void {"), exitCode: 1 },
  { name: "async", args: ["run"], files: staging("export function", "export async function"), exitCode: 1 },
  { name: "syntax", args: ["validate"], files: staging("return {", "return {{"), exitCode: 2 },
  {
    name: "enum",
    args: ["validate"],
    files: staging("export function", 'enum Env { Prod = "prod" }\nexport function'),
    exitCode: 2,
  },
  {
    name: "package-missing",
    args: ["validate"],
    files: staging("import type", 'import { sum } from "lodash";\nimport type'),
    exitCode: 2,
  },
  {
    name: "file-missing",
    args: ["validate"],
    files: staging("import type", 'import { sum } from "./lib/sum";\nimport type'),
    exitCode: 2,
  },
  {
    name: "type-imported-as-value",
    args: ["validate"],
    files: { ...staging("import type", "import"), "models/types.d.ts": "export interface Apps {}\n" },
    exitCode: 2,
  },
  { name: "exports-nothing", args: ["validate"], files: staging("export function row", "function row"), exitCode: 2 },
  {
    name: "exported-under-another-name",
    args: ["validate"],
    files: staging("export function row", "export function stg_apps"),
    exitCode: 2,
  },
  {
    name: "both-forms",
    args: ["validate"],
    files: model(`${row}\nexport function table() {\n  return [];\n}\n`),
    exitCode: 2,
  },
  {
    name: "columns-not-declared",
    args: ["validate"],
    files: { "models/stg_apps.sql": null, "models/stg_apps.ts": row },
    exitCode: 2,
  },
  {
    name: "parameter-misspelt",
    args: ["validate"],
    files: model("export function table(app: unknown, stg: unknown) {\n  return [];\n}\n"),
    exitCode: 2,
  },
  {
    name: "table-returns-a-number",
    args: ["run"],
    files: model("export function table(apps: unknown) {\n  return 1;\n}\n"),
    exitCode: 1,
  },
  {
    name: "columns-of-different-length",
    args: ["run"],
    files: model(
      'export function table(apps: any) {\n  const { dato, name } = apps.columns;\n  return { dato, env: ["prod"], name };\n}\n',
    ),
    exitCode: 1,
  },
  {
    name: "input-changed",
    args: ["run"],
    files: model(
      "export function table(apps: any) {\n  const { dato, name } = apps.columns;\n  return { dato, env: name.sort(), name };\n}\n",
    ),
    exitCode: 1,
  },
  {
    name: "group-by-unknown-column",
    args: ["run"],
    files: model('export const table = (apps: any) => apps.groupBy(["clustr"], () => ({}), () => {});\n'),
    exitCode: 1,
  },
  { name: "process-exit", args: ["run"], files: staging("  return {", "  process.exit(0);\n  return {"), exitCode: 1 },
  {
    name: "test-of-a-wrong-value",
    args: ["test"],
    files: staging("env: cluster", "env: 1 as any, x: cluster"),
    exitCode: 3,
  },
  {
    name: "types-are-stale",
    args: ["validate"],
    files: { ...staging("import", "import"), "models/types.d.ts": "export interface Apps {}\n" },
    exitCode: 0,
  },
];

export const typescriptMistakes: Mistake[] = unlisted.map((mistake) => ({
  ...mistake,
  name: `typescript-${mistake.name}`,
}));
