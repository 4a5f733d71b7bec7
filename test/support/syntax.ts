/** The syntax trees of src/, for tests that hold rules over all of it. */
import { globSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "rolldown/parseAst";

export interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

export interface Import {
  /** A file of src/ (`spec/type.ts`), a package, or `node:…`. */
  target: string;
  /** What follows when the module itself is loaded: neither `import()` nor only types. */
  loads: boolean;
  /** Nothing of it is left when the program runs. */
  isType: boolean;
  line: number;
}

export interface SourceFile {
  /** Path below src/, with `/`. */
  path: string;
  text: string;
  tree: Node;
  imports: Import[];
}

const source = fileURLToPath(new URL("../../src/", import.meta.url));

export function readSource(): SourceFile[] {
  const paths = globSync("**/*.ts", { cwd: source }).map((path) => path.split(sep).join("/"));
  return paths.toSorted().map(readFile);
}

function readFile(path: string): SourceFile {
  const text = readFileSync(resolve(source, path), "utf8");
  const tree = parseAst(text, { lang: "ts" }) as unknown as Node;
  return { path, text, tree, imports: importsOf(tree, { path, text }) };
}

export function lineOf({ text }: Pick<SourceFile, "text">, { start }: Node): number {
  return text.slice(0, start).split("\n").length;
}

/** Every node below a node, with the nodes around it, the nearest last. */
export function* walk(node: Node, around: Node[] = []): Generator<{ node: Node; around: Node[] }> {
  yield { node, around };
  const inside = [...around, node];
  for (const value of Object.values(node).flat()) if (isNode(value)) yield* walk(value, inside);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

const importTypes = [
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
];

function importsOf(tree: Node, file: { path: string; text: string }): Import[] {
  return [...walk(tree)].flatMap(({ node }) => {
    const from = node["source"];
    if (!importTypes.includes(node.type) || !isNode(from)) return [];
    const isType = node.type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type";
    const loads = !isType && node.type !== "ImportExpression";
    return [{ target: resolveImport(String(from["value"]), file.path), loads, isType, line: lineOf(file, node) }];
  });
}

function resolveImport(specifier: string, importer: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(source, resolve(source, dirname(importer), specifier))
    .split(sep)
    .join("/");
}
