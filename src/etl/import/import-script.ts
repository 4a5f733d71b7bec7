/** What becomes of a script: sources, models and outputs, the files that go with them, and what could not be carried over. */
import type { Problem } from "../../util/error.ts";
import { testFile, untestedOf, type Untested } from "./first-tests.ts";
import { followFlow } from "./flow.ts";
import { usedBy } from "./kept.ts";
import { leftToDo } from "./left-to-do.ts";
import { freeName, makeModel, type ImportedModel } from "./model.ts";
import type { NewFile } from "./new-file.ts";
import { columnsOf, nameSources, sampleFile, sourceEntry, type Made } from "./new-sources.ts";
import { parseScript } from "./python.ts";
import type { Reading } from "./reading.ts";
import { environmentIn, scopeOf, type EnvironmentRead } from "./value.ts";
import type { Flow, Written } from "./walk.ts";

export interface ImportedScript {
  sources: Record<string, Record<string, unknown>>;
  models: Record<string, Record<string, unknown>>;
  outputs: Record<string, Record<string, unknown>>;
  params: Record<string, Record<string, unknown>>;
  /** Where it asks for one day after the other. */
  interval: "day" | undefined;
  /** Models without a test, and the sources whose samples one can be made of. */
  untested: Untested;
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
    notes: leftToDo({ flow, reading, samples, models: own, siblings }),
  };
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

function modelEntry({ model, written }: Made): [string, Record<string, unknown>] {
  const isNamed = model.inputs.every((name, i) => model.parameters[i] === name);
  const columns = Object.keys(written.columns).length > 0 ? { columns: written.columns } : {};
  return [model.name, { ...(!isNamed && { inputs: model.inputs }), ...columns }];
}

function outputEntry({ model, written }: Made): [string, Record<string, unknown>] {
  const { type, ...keys } = written.output;
  return [written.name, { type, ...(written.name !== model.name && { model: model.name }), ...keys }];
}
