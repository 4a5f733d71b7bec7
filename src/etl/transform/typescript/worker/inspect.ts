/** A model's module: what it exports, and which of it is the model. */
import type { Form, Inspected } from "../protocol.ts";

type Module = Record<string, unknown>;

/** `export default` is taken for `table`. */
const names: [name: string, form: Form][] = [
  ["row", "row"],
  ["table", "table"],
  ["default", "table"],
];

export async function inspectModel(url: string): Promise<Inspected> {
  const module = await loadModel(url);
  const found = names.filter(([name]) => typeof module[name] === "function");
  const [first] = found;
  const source = first && found.length === 1 ? String(module[first[0]]) : "";
  // Without an export, Node takes a file for CommonJS, and gives that two exports of its own.
  const exports = "module.exports" in module ? [] : Object.keys(module);
  return { exports, form: found.length === 1 ? first![1] : undefined, source };
}

let loads = 0;

/** Anew each time: what one run left in the module's variables, the next does not see. */
export async function loadModel(url: string): Promise<Module> {
  return (await import(`${url}?load=${++loads}`)) as Module;
}

export function functionOf(module: Module): (...args: unknown[]) => unknown {
  const name = names.find(([candidate]) => typeof module[candidate] === "function")![0];
  return module[name] as (...args: unknown[]) => unknown;
}
