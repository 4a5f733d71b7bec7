/** What becomes of a script: sources, models and outputs, the files that go with them, and what could not be carried over. */
import type { Problem } from "../../util/error.ts";
import { readsIn, writesIn } from "./ends.ts";
import { note, type ReadEnd, type Reading } from "./reading.ts";
import { columnsUsed } from "./columns-used.ts";
import { followFlow, usedBy, type Flow, type Written } from "./flow.ts";
import { freeName, makeModel, type ImportedModel } from "./model.ts";
import { callsIn, parseScript, statementsOf, textOf, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { environmentIn, scopeOf, type EnvironmentRead } from "./value.ts";

export interface NewFile {
  /** Below the pipeline's folder. */
  path: string;
  text: string;
}

export interface ImportedScript {
  sources: Record<string, Record<string, unknown>>;
  models: Record<string, Record<string, unknown>>;
  outputs: Record<string, Record<string, unknown>>;
  params: Record<string, Record<string, unknown>>;
  /** Where it asks for one day after the other. */
  interval: "day" | undefined;
  /** Models without a test, and the sources whose samples one can be made of. */
  untested: {
    models: { name: string; isDeclared: boolean }[];
    sources: { name: string; sample: string | undefined }[];
  };
  /** Variables of the environment that it reads. */
  environment: EnvironmentRead[];
  files: NewFile[];
  notes: Problem[];
}

/** @param siblings names of what lies in the script's folder */
export async function importScript({
  text,
  file,
  siblings,
}: {
  text: string;
  file: string;
  siblings: string[];
}): Promise<ImportedScript> {
  const script = await parseScript(text, file);
  const reading = { script, scope: scopeOf(script) };
  const flow = followFlow(reading);
  const sources = nameSources(flow, script);
  const variables = new Map(flow.reads.map(({ variable }, i) => [variable, sources[i]!.name]));
  const taken = new Set(sources.map(({ name }) => name));
  const made = new Map<string, ImportedModel>();
  const models = writtenOf(flow, reading).map((written) => {
    // The same rows may go to two places.
    const key = JSON.stringify([written.result, written.kept.map(({ text: kept }) => kept)]);
    const model = made.get(key) ?? makeModel(written, { ...reading, flow, sources: variables, taken });
    made.set(key, model);
    taken.add(model.name);
    return { written, model };
  });
  const own = models.filter(({ model }, i) => models.findIndex((one) => one.model === model) === i);
  const types = new Map(models.flatMap(({ written }) => Object.entries(written.columns)));
  const samples = sources.map((source) => ({
    ...source,
    columns: columnsOf(source, { all: sources, models, script }),
    types,
  }));
  const tests = own.map((one) => testFile(one, samples));
  return {
    sources: Object.fromEntries(samples.map(sourceEntry)),
    models: Object.fromEntries(own.map(modelEntry).filter(([, keys]) => Object.keys(keys).length > 0)),
    outputs: Object.fromEntries(models.map(outputEntry)),
    params: Object.fromEntries(flow.reads.flatMap(({ params }) => params.map((name) => [name, { type: "STRING" }]))),
    interval: flow.reads.some(({ isDaily }) => isDaily) ? "day" : undefined,
    environment: environmentIn(script),
    untested: untestedOf(
      own.filter((_, i) => tests[i]!.length === 0),
      samples,
    ),
    files: [
      ...own.map(({ model }) => ({ path: `models/${model.name}.py`, text: model.text })),
      ...samples.flatMap(sampleFile),
      ...tests.flat(),
    ],
    notes: notesOf({ flow, script, reading, samples, models: own, siblings }),
  };
}

interface Named {
  name: string;
  read: ReadEnd;
}

interface Sampled extends Named {
  columns: string[];
  /** Their types, as far as an output has a column of the name. */
  types: Map<string, string>;
}

interface Made {
  written: Written;
  model: ImportedModel;
}

function nameSources({ reads }: Flow, script: Script): Named[] {
  const taken = new Set([...script.text.matchAll(/^def\s+(\w+)/gm)].map(([, name]) => name!));
  return reads.map((read) => {
    const name = freeName(read.name, taken);
    taken.add(name);
    return { name, read };
  });
}

/** A script that writes nowhere ends with what it has made last. */
function writtenOf(flow: Flow, { script }: Reading): Written[] {
  if (flow.writes.length > 0) return withNames(flow.writes);
  const last = flow.kept.map(({ text }) => /^(\w+)\s*=/.exec(text)?.[1]).findLast((name) => name !== undefined);
  const result = last ?? flow.reads.at(-1)?.variable;
  if (result === undefined) return [];
  const node = flow.kept.at(-1)?.node ?? script.root;
  const output = { type: "file", path: "out/result.parquet" };
  return [
    { node, frame: node, name: "result", output, columns: {}, notes: [], kept: usedBy(result, flow.kept), result },
  ];
}

function withNames(writes: Written[]): Written[] {
  const taken = new Set<string>();
  return writes.map((written) => {
    const kind = typeof written.output["format"] === "string" ? written.output["format"] : "table";
    const name = taken.has(written.name) ? freeName(`${written.name}_${kind}`, taken) : written.name;
    taken.add(name);
    return { ...written, name };
  });
}

/** Those that its query names; else those that the models name, where there is one source alone. */
function columnsOf(
  { read }: Named,
  { all, models, script }: { all: Named[]; models: Made[]; script: Script },
): string[] {
  if (read.columns.length > 0) return read.columns;
  if (all.length > 1) return [];
  return [...new Set(models.flatMap(({ model }) => columnsUsed(model.text, model.name, script)))];
}

/** Of a column that no output has: most are texts, and BigQuery says so at once where one is not. */
const guessed = "STRING";

function guessedIn({ columns, types }: Sampled): string[] {
  return types.size === 0 ? [] : columns.filter((name) => !types.has(name));
}

function hasSample({ read, columns }: Sampled): boolean {
  return read.source["type"] !== "file" && columns.length > 0;
}

function samplePath({ name }: Named): string {
  return `data/${name}.csv`;
}

function sourceEntry(source: Sampled): [string, Record<string, unknown>] {
  const { columns, types } = source;
  const typed = hasSample(source) && types.size > 0;
  return [
    source.name,
    {
      ...source.read.source,
      ...(typed && { columns: Object.fromEntries(columns.map((name) => [name, types.get(name) ?? guessed])) }),
      ...(hasSample(source) && { sample: samplePath(source) }),
    },
  ];
}

function modelEntry({ model, written }: Made): [string, Record<string, unknown>] {
  const isNamed = model.inputs.every((name, i) => model.parameters[i] === name);
  const columns = Object.keys(written.columns).length > 0 ? { columns: written.columns } : {};
  return [model.name, { ...(!isNamed && { inputs: model.inputs }), ...columns }];
}

function outputEntry({ model, written }: Made): [string, Record<string, unknown>] {
  const { type, ...keys } = written.output;
  return [written.name, { type, ...(written.name !== model.name && { model: model.name }), ...keys }];
}

/** Its first line: no row is made up. */
function sampleFile(source: Sampled): NewFile[] {
  if (!hasSample(source)) return [];
  const header = source.columns.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  return [{ path: samplePath(source), text: `${header.join(",")}\n` }];
}

/** Rows to test with are its author's to write; until then it is tried on none, where types of all columns are known. */
function testFile({ model, written }: Made, samples: Sampled[]): NewFile[] {
  const given = model.inputs.map((name) => [name, samples.find((one) => one.name === name)!] as const);
  const isKnown = (source: Sampled) =>
    hasSample(source) && !guessedIn(source).some((name) => calculates(model.text, name));
  if (Object.keys(written.columns).length === 0 || !given.every(([, source]) => isKnown(source))) return [];
  const columns = given.map(([name, source]) => `#     ${name}: [{ ${shape(source.columns)} }]`);
  const example = [
    "# A few rows by hand say what the model is for, and find what breaks it later:",
    "#",
    "# - name: what must hold, as a sentence",
    `#   model: ${model.name}`,
    "#   given:",
    ...columns,
    "#   expect:",
    `#     rows: [{ ${shape(Object.keys(written.columns))} }]`,
  ];
  const first = [
    "- name: no rows give no rows",
    `  model: ${model.name}`,
    "  given:",
    ...given.map(([name]) => `    ${name}: data/${name}.csv`),
    "  expect: { rows: [] }",
  ];
  return [{ path: `tests/${model.name}.yaml`, text: `${[...first, "", ...example].join("\n")}\n` }];
}

function untestedOf(made: Made[], samples: Sampled[]): ImportedScript["untested"] {
  const inputs = new Set(made.flatMap(({ model }) => model.inputs));
  const sampled = samples.filter(({ name, read }) => inputs.has(name) && read.source["type"] !== "file");
  return {
    models: made.map(({ model, written }) => ({
      name: model.name,
      isDeclared: Object.keys(written.columns).length > 0,
    })),
    sources: sampled.map((source) => ({
      name: source.name,
      sample: hasSample(source) ? samplePath(source) : undefined,
    })),
  };
}

/** Whether it calculates with a column whose type nobody knows. */
function calculates(text: string, column: string): boolean {
  const own = `\\w+\\[\\[?["']${column.replaceAll(/[^\w]/g, "\\$&")}["']\\]?\\]`;
  return new RegExp(`${own}\\s*(?:[-+*/%]|\\.(?:sum|mean|median|round|diff|cumsum|dt)\\b)|[-+*/%]\\s*${own}`).test(
    text,
  );
}

function shape(columns: string[]): string {
  return columns.length === 0 ? "…" : columns.map((column) => `${column}: …`).join(", ");
}

interface NotesOf {
  flow: Flow;
  script: Script;
  reading: Reading;
  samples: Sampled[];
  models: Made[];
  siblings: string[];
}

function notesOf({ flow, script, reading, samples, models, siblings }: NotesOf): Problem[] {
  const notes = [...flow.notes];
  const at = (line: string, message: string, hint: string): Problem => ({
    severity: "warning",
    message: `${line}: ${message}`,
    hint,
    where: { file: script.file, line: 1 },
  });
  if (script.broken !== undefined)
    notes.push(
      at("the script", "a part of it is no Python that could be read", "Does `python3 -m py_compile` take it?"),
    );
  if (flow.reads.length === 0)
    notes.push(
      at(
        "the script",
        "nothing was found that it reads",
        "Write `sources:` by hand: `nais-etl schema --format pipeline` says what they may be.",
      ),
    );
  if (flow.writes.length === 0)
    notes.push(at("the script", "nothing was found that it writes", "Write `outputs:` by hand."));
  for (const { name, read, columns } of samples)
    if (columns.length === 0 && read.source["type"] !== "file")
      notes.push(
        note(
          read.node,
          reading,
          "which columns it has is not known here",
          `nais-etl sample ${name} --target prod-gcp writes them, and a sample.`,
        ),
      );
  for (const source of samples) {
    const names = guessedIn(source);
    if (hasSample(source) && names.length > 0)
      notes.push(
        note(
          source.read.node,
          reading,
          `the types of ${names.join(", ")} are not known here, and are declared ${guessed}`,
          `nais-etl doctor --target prod-gcp tells those that are something else. Correct them under \`columns:\` of ${source.name}.`,
        ),
      );
  }
  for (const { model, written } of models) {
    if (!model.isUnchanged && written.kept.length > 0)
      notes.push(
        note(
          written.kept[0]!.node,
          reading,
          `these statements stand in models/${model.name}.py now, in a function of their own`,
          "Read it once: names and order are as they were.",
        ),
      );
    if (Object.keys(written.columns).length === 0)
      notes.push(
        note(
          written.node,
          reading,
          `the columns of ${model.name} are not known here`,
          `Declare them: models: { ${model.name}: { columns: { NAME: TYPE } } }. Then \`nais-etl test --new ${model.name}\` writes its first test, and a run refuses other columns.`,
        ),
      );
  }
  for (const node of ownImports(script, siblings))
    notes.push(
      note(
        node,
        reading,
        "it is a file of your own",
        "Models find what lies in the pipeline's folder and in models/: copy it there, if the pipeline is made somewhere else.",
      ),
    );
  for (const { node, name } of callsIn(script.root, script))
    if (name.endsWith("access_secret_version"))
      notes.push(
        note(
          node,
          reading,
          "a secret of Secret Manager",
          "Declare it: secrets: { NAME: { from: google-secret-manager, key: NAME } }; and write ${secret:NAME} where it is needed. Models see none.",
        ),
      );
  const unseen = [...readsIn(script.root, reading), ...writesIn(script.root, reading)].filter(
    ({ node }) =>
      ![...flow.reads, ...flow.writes].some((one) => one.node.from === node.from) && !isAnswer(node.from, flow),
  );
  for (const { node } of unseen)
    notes.push(
      note(
        node,
        reading,
        "nothing calls it, or it could not be followed",
        "Write a source or an output for it, if it is wanted.",
      ),
    );
  for (const read of environmentIn(script))
    if (models.some(({ model }) => model.text.includes(read.text)))
      notes.push(note(read.node, reading, "models see no environment", environmentHint(read, samples)));
  return notes.toSorted((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0));
}

function environmentHint({ name }: EnvironmentRead, samples: Sampled[]): string {
  const asked = samples.some(({ read }) => JSON.stringify(read.source).includes(`\${env:${name}}`));
  return asked
    ? "What a source asks with is no business of a model: take it out of the model."
    : `Unless it is a secret, make it a parameter (\`params:\`), and take it as \`*, ${name.toLowerCase()}\`.`;
}

/** Imports of what lies beside the script. */
function ownImports(script: Script, siblings: string[]): SyntaxNode[] {
  const imports = statementsOf(script.root).filter(({ name }) => name === "ImportStatement");
  return imports.filter((node) => {
    const [, module = ""] = /^(?:from|import)\s+\.?(\w+)/.exec(textOf(node, script)) ?? [];
    return siblings.includes(`${module}.py`) || siblings.includes(module);
  });
}

function isAnswer(from: number, { reads }: Flow): boolean {
  return reads.some(({ node }) => node.from <= from && from <= node.to);
}
