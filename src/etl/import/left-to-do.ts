/** What could not be carried over of a script, and what its author has to say or to read once. */
import type { Problem } from "../../util/error.ts";
import { readsIn, writesIn } from "./ends.ts";
import { guessed, guessedIn, hasSample, type Made, type Sampled } from "./new-sources.ts";
import { callsIn, statementsOf, textOf, type Script } from "./python.ts";
import { note, type Reading } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { environmentIn, type EnvironmentRead } from "./value.ts";
import type { Flow } from "./walk.ts";

interface LeftToDo {
  flow: Flow;
  reading: Reading;
  samples: Sampled[];
  models: Made[];
  /** Names of what lies in the script's folder. */
  siblings: string[];
}

/** In the order of the script's lines. */
export function leftToDo({ flow, reading, samples, models, siblings }: LeftToDo): Problem[] {
  const { script } = reading;
  return [
    ...flow.notes,
    ...ofScript(flow, script),
    ...samples.flatMap((source) => ofSource(source, reading)),
    ...models.flatMap((made) => ofModel(made, reading)),
    ...ofImports(reading, siblings),
    ...ofSecrets(reading),
    ...ofUnseen(flow, reading),
    ...ofEnvironment({ reading, models, samples }),
  ].toSorted((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0));
}

function ofScript({ reads, writes }: Flow, { file, broken }: Script): Problem[] {
  const of = (message: string, hint: string): Problem => ({
    severity: "warning",
    message: `the script: ${message}`,
    hint,
    where: { file, line: 1 },
  });
  const none = {
    read: "Write `sources:` by hand: `nais-etl schema --format pipeline` says what they may be.",
    written: "Write `outputs:` by hand.",
  };
  return [
    ...(broken === undefined
      ? []
      : [of("a part of it is no Python that could be read", "Does `python3 -m py_compile` take it?")]),
    ...(reads.length > 0 ? [] : [of("nothing was found that it reads", none.read)]),
    ...(writes.length > 0 ? [] : [of("nothing was found that it writes", none.written)]),
  ];
}

function ofSource(source: Sampled, reading: Reading): Problem[] {
  const { name, read, columns } = source;
  if (read.source["type"] === "file") return [];
  const sampling = `nais-etl sample ${name} --target prod-gcp writes them; mark personal data among them, and the same again writes a sample.`;
  if (columns.length === 0) return [note(read.node, reading, "which columns it has is not known here", sampling)];
  const names = guessedIn(source);
  if (!hasSample(source) || names.length === 0) return [];
  const why = `the types of ${names.join(", ")} are not known here, and are declared ${guessed}`;
  const todo = `nais-etl doctor --target prod-gcp tells those that are something else. Correct them under \`columns:\` of ${name}.`;
  return [note(read.node, reading, why, todo)];
}

function ofModel({ model, written }: Made, reading: Reading): Problem[] {
  const [first] = model.isUnchanged ? [] : written.kept;
  const moved = `these statements stand in models/${model.name}.py now, in a function of their own`;
  const declare = `Declare them: models: { ${model.name}: { columns: { NAME: TYPE } } }. Then \`nais-etl test --new ${model.name}\` writes its first test, and a run refuses other columns.`;
  return [
    ...(first ? [note(first.node, reading, moved, "Read it once: names and order are as they were.")] : []),
    ...(Object.keys(written.columns).length > 0
      ? []
      : [note(written.node, reading, `the columns of ${model.name} are not known here`, declare)]),
  ];
}

/** Of what lies beside the script. */
function ofImports(reading: Reading, siblings: string[]): Problem[] {
  const todo =
    "Models find what lies in the pipeline's folder and in models/: copy it there, if the pipeline is made somewhere else.";
  return ownImports(reading.script, siblings).map((node) => note(node, reading, "it is a file of your own", todo));
}

function ownImports(script: Script, siblings: string[]): SyntaxNode[] {
  const imports = statementsOf(script.root).filter(({ name }) => name === "ImportStatement");
  return imports.filter((node) => {
    const [, module = ""] = /^(?:from|import)\s+\.?(\w+)/.exec(textOf(node, script)) ?? [];
    return siblings.includes(`${module}.py`) || siblings.includes(module);
  });
}

function ofSecrets(reading: Reading): Problem[] {
  const { script } = reading;
  const todo =
    "Declare it: secrets: { NAME: { from: google-secret-manager, key: NAME } }; and write ${secret:NAME} where it is needed. Models see none.";
  return callsIn(script.root, script)
    .filter(({ name }) => name.endsWith("access_secret_version"))
    .map(({ node }) => note(node, reading, "a secret of Secret Manager", todo));
}

/** Reading and writing that is not on the way of the rows. */
function ofUnseen(flow: Flow, reading: Reading): Problem[] {
  const { root } = reading.script;
  const isSeen = (from: number) =>
    [...flow.reads, ...flow.writes].some(({ node }) => node.from === from) ||
    flow.reads.some(({ node }) => node.from <= from && from <= node.to);
  const todo = "Write a source or an output for it, if it is wanted.";
  return [...readsIn(root, reading), ...writesIn(root, reading)]
    .filter(({ node }) => !isSeen(node.from))
    .map(({ node }) => note(node, reading, "nothing calls it, or it could not be followed", todo));
}

interface OfEnvironment {
  reading: Reading;
  models: Made[];
  samples: Sampled[];
}

function ofEnvironment({ reading, models, samples }: OfEnvironment): Problem[] {
  return environmentIn(reading.script)
    .filter(({ text }) => models.some(({ model }) => model.text.includes(text)))
    .map((read) => note(read.node, reading, "models see no environment", environmentHint(read, samples)));
}

function environmentHint({ name }: EnvironmentRead, samples: Sampled[]): string {
  const asked = samples.some(({ read }) => JSON.stringify(read.source).includes(`\${env:${name}}`));
  return asked
    ? "What a source asks with is no business of a model: take it out of the model."
    : `Unless it is a secret, make it a parameter (\`params:\`), and take it as \`*, ${name.toLowerCase()}\`.`;
}
