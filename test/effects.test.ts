import { expect, test } from "vitest";
import { isNode, lineOf, readSource, walk, type Node, type SourceFile } from "./support/syntax.ts";

// What a run or a command changes on disk goes through `context.effect(name, act)`, so that the tests that kill the
// process know every place. Whether it does is read off the text: a call that writes stands inside an act, or in a
// function that is only ever used inside one.

/** Functions of node:fs that change something; `open` only where it is asked to. */
const writers =
  /^(append|chmod|chown|copy|cp|createWrite|fchmod|ftruncate|link|lutimes|mkdir|mkdtemp|rename|rm|symlink|truncate|unlink|utimes|write)/;

const files = readSource().filter(({ path }) => /^(etl|commands)\//.test(path));

interface Place {
  file: SourceFile;
  node: Node;
  around: Node[];
}

const places = files.flatMap((file) => [...walk(file.tree)].map(({ node, around }): Place => ({ file, node, around })));
const writes = places.filter(isWrite);

test("there are writes to look at, and effects that they stand in", () => {
  expect(writes.length).toBeGreaterThan(5);
  expect(places.filter(({ node }) => isEffectCall(node)).length).toBeGreaterThan(10);
});

test("every write to disk in etl/ and commands/ stands inside an effect", () => {
  const outside = writes.filter((place) => !isInsideEffect(place));
  expect(outside.map(({ file, node }) => `${file.path}:${lineOf(file, node)} ${nameOfCall(node)}`)).toEqual([]);
});

test("every effect has a name of two words that is its own", () => {
  const names = places.filter(({ node }) => isEffectCall(node)).map(({ node }) => (node["arguments"] as Node[])[0]!);
  const texts = names.filter((it) => it.type === "Literal").map((it) => String(it["value"]));
  expect(texts.filter((text) => !/^[a-z]+\.[a-z]+$/.test(text))).toEqual([]);
  expect(texts.filter((text, i) => texts.indexOf(text) < i)).toEqual([]);
});

function isWrite({ file, node }: Place): boolean {
  if (node.type !== "CallExpression") return false;
  const name = nameOfCall(node);
  if (name === undefined || !importsFromFs(file, name)) return false;
  return writers.test(name) || (/^open(Sync)?$/.test(name) && !opensToRead(node));
}

/** `open(path)` and `open(path, "r")`. */
function opensToRead(call: Node): boolean {
  const flags = (call["arguments"] as Node[])[1];
  return flags === undefined || flags["value"] === "r";
}

function nameOfCall(call: Node): string | undefined {
  const callee = call["callee"] as Node;
  return (callee.type === "MemberExpression" ? (callee["property"] as Node)["name"] : callee["name"]) as
    | string
    | undefined;
}

/** Whether the name, or a namespace that it is taken from, comes from node:fs. */
function importsFromFs({ tree }: SourceFile, name: string): boolean {
  return (tree["body"] as Node[]).some((it) => {
    if (it.type !== "ImportDeclaration" || !/^(node:)?fs(\/promises)?$/.test(String((it["source"] as Node)["value"])))
      return false;
    const specifiers = it["specifiers"] as Node[];
    return specifiers.some((each) => each.type !== "ImportSpecifier" || (each["local"] as Node)["name"] === name);
  });
}

function isEffectCall(node: Node): boolean {
  return node.type === "CallExpression" && nameOfCall(node) === "effect";
}

function isInsideEffect(place: Place, asked: ReadonlySet<Node> = new Set()): boolean {
  if (place.around.some(isEffectCall)) return true;
  const holder = functionAround(place);
  if (!holder || asked.has(holder.node)) return holder !== undefined;
  const uses = usesOf(holder);
  return uses.length > 0 && uses.every((use) => isInsideEffect(use, new Set([...asked, holder.node])));
}

interface NamedFunction {
  name: string;
  node: Node;
  file: SourceFile;
}

/** The nearest function around that has a name: declared, a constant, or a member of an object. */
function functionAround({ file, around }: Place): NamedFunction | undefined {
  for (const [i, node] of [...around.entries()].toReversed()) {
    if (!/Function/.test(node.type)) continue;
    const parent = around[i - 1];
    const named = [
      node["id"],
      parent?.type === "VariableDeclarator" && parent["id"],
      parent?.type === "Property" && parent["key"],
    ].find(isNode);
    if (named) return { name: String(named["name"]), node, file };
  }
  return undefined;
}

/** Where a function is mentioned, but for where it is made, imported or exported. */
function usesOf({ name, node: made, file }: NamedFunction): Place[] {
  return places.filter(({ node, around, file: where }) => {
    if (node.type !== "Identifier" || node["name"] !== name || node === made["id"]) return false;
    const parent = around.at(-1)!;
    if (/^(Import|Export)Specifier$/.test(parent.type) || parent.type.startsWith("TS")) return false;
    if (parent["id"] === node) return false;
    if (parent.type === "Property" && parent["key"] === node && !parent["shorthand"]) return false;
    return where === file || where.imports.some(({ target }) => target === file.path);
  });
}
