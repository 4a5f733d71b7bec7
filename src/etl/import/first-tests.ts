/** Tests of the new models, as far as no rows have to be made up. */
import type { NewFile } from "./new-file.ts";
import { guessedIn, hasSample, samplePath, type Made, type Sampled } from "./new-sources.ts";

export interface Untested {
  models: { name: string; isDeclared: boolean }[];
  sources: { name: string; sample: string | undefined }[];
}

/** Rows to test with are its author's to write; until then it is tried on none, where types of all columns are known. */
export function testFile({ model, written }: Made, samples: Sampled[]): NewFile[] {
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

export function untestedOf(made: Made[], samples: Sampled[]): Untested {
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
