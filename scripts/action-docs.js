// Writes the tables of docs/action.md from action.yml, and the workflows of the docs as `init` writes them.
// Tests hold that they are what this makes.
import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isScalar, parseDocument } from "yaml";
import { makeWorkflow } from "../src/ship/workflow/workflow.ts";
import { writeWorkflow } from "../src/ship/workflow/write-workflow.ts";

const page = new URL("../docs/action.md", import.meta.url);
const examples = new URL("../docs/action-examples.md", import.meta.url);
const action = new URL("../action.yml", import.meta.url);

/**
 * The page with its tables made anew: what stands between `<!-- inputs -->` and `<!-- /inputs -->`, and the same for outputs.
 *
 * @param {string} text the page
 * @param {string} actionText action.yml
 */
export function withTables(text, actionText) {
  const tables = { inputs: inputTables(actionText), outputs: outputTable(actionText) };
  return Object.entries(tables).reduce((rest, [name, table]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!place.test(rest)) throw new Error(`docs/action.md has no place for ${name}`);
    return rest.replace(place, (_, start, end) => `${start}${table}${end}`);
  }, text);
}

/**
 * A table for each group: a comment in front of an input begins one.
 * @param {string} actionText
 */
function inputTables(actionText) {
  let tables = "";
  for (const { name, comment, value } of entriesOf(actionText, "inputs")) {
    if (comment) tables += `\n**${capital(comment.trim())}**\n\n| input | what it says |\n|---|---|\n`;
    const otherwise = value.default === "" ? "" : ` By default ${code(value.default)}.`;
    tables += row([code(name), `${value.description}${otherwise}`]);
  }
  return `${tables}\n`;
}

/** @param {string} actionText */
function outputTable(actionText) {
  const rows = entriesOf(actionText, "outputs").map(({ name, value }) => row([code(name), value.description]));
  return `\n| output | what it says |\n|---|---|\n${rows.join("")}\n`;
}

/**
 * @param {string} actionText
 * @param {string} key
 */
function entriesOf(actionText, key) {
  const map = parseDocument(actionText).get(key);
  if (!isMap(map)) throw new Error(`action.yml has no ${key}`);
  return map.items.map(({ key, value }, i) => {
    if (!isScalar(key) || !isMap(value)) throw new Error("action.yml: an input is a name with a map");
    const comment = key.commentBefore ?? (i === 0 ? map.commentBefore : undefined);
    return { name: String(key.value), comment, value: value.toJSON() };
  });
}

/** @param {string[]} cells */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").trim()).join(" | ")} |\n`;
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** @param {string} text */
function capital(text) {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** @typedef {import("../src/ship/workflow/workflow.ts").WorkflowFor} WorkflowFor */

/** @type {WorkflowFor} */
const one = {
  name: "nais-etl",
  folder: ".",
  file: ".github/workflows/nais-etl.yaml",
  pipelines: [],
  environments: ["prod-gcp"],
  packages: { npm: false, pip: false },
  action: "<owner>/nais-etl@<sha>",
};
/** @type {Record<string, WorkflowFor>} */
const workflows = {
  one,
  environments: { ...one, environments: ["dev-gcp", "prod-gcp"] },
  pipelines: { ...one, pipelines: ["apps-per-env", "orders"], packages: { npm: false, pip: true } },
};

/**
 * A page with its workflows made anew: what stands between `<!-- workflow: one -->` and the next `<!-- /workflow -->`.
 *
 * @param {string} text
 */
export function withWorkflows(text) {
  return text.replaceAll(/(<!-- workflow: (\w+) -->\n)[\s\S]*?(<!-- \/workflow -->)/g, (_, start, name, end) => {
    const form = workflows[name];
    if (!form) throw new Error(`there is no workflow ${name}`);
    return `${start}\n\`\`\`yaml\n${writeWorkflow(makeWorkflow(form))}\`\`\`\n\n${end}`;
  });
}

if (import.meta.main) {
  writeFileSync(page, withWorkflows(withTables(readFileSync(page, "utf8"), readFileSync(action, "utf8"))));
  writeFileSync(examples, withWorkflows(readFileSync(examples, "utf8")));
  console.log("wrote the tables of docs/action.md, and the workflows");
}
