import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { isNode, lineOf, readSource, walk, type Node, type SourceFile } from "./support/syntax.ts";

/** What each folder of src/ may import, besides itself. Changing this map means changing src/README.md with it. */
const layers: Record<string, string[]> = {
  util: [],
  spec: ["util"],
  secrets: ["util", "spec"],
  etl: ["util", "spec", "secrets"],
  ship: ["util", "spec", "secrets"],
  serve: ["util", "spec", "secrets"],
  commands: ["util", "spec", "secrets", "etl", "ship", "serve"],
  cli: ["util", "spec", "secrets", "commands"],
  action: ["util", "spec", "secrets", "commands"],
};
/** Where a program begins: the command line, the Action, and what others import. */
const entries = ["cli/main.ts", "action/main.ts", "action/post.ts", "index.ts"];

const files = readSource();
const byPath = new Map(files.map((file) => [file.path, file]));
const layerOf = (path: string) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "");
const isOurs = (target: string) => target.endsWith(".ts");

/** What lies deeper, such as the folder of one connector, needs no line of its own in the map. */
const isDeep = (folder: string) => folder.split("/").length > 2 || /^(cli|action|commands|serve)\//.test(folder);

test("the tests below see the source", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(200);
});

describe("folders", () => {
  test("are known, and src/ itself holds only the public face", () => {
    const strange = files.filter(({ path }) => path !== "index.ts" && !(layerOf(path) in layers));
    expect(strange.map(({ path }) => path)).toEqual([]);
  });

  test("stand in the map for newcomers, src/README.md", () => {
    const map = readFileSync(new URL("../src/README.md", import.meta.url), "utf8");
    const folders = [...new Set(files.map(({ path }) => dirname(path)).filter((folder) => folder !== "."))];
    const isMapped = (folder: string) => map.includes(`\`${folder}/\``);
    expect(folders.filter((folder) => !isMapped(folder) && !(isDeep(folder) && isMapped(dirname(folder))))).toEqual([]);
    const mapped = [...map.matchAll(/^\| `([a-z/-]+)\/`/gm)].map(([, folder]) => folder!);
    const planned = new Set(["action"]);
    expect(
      mapped.filter((folder) => !planned.has(folder) && !files.some(({ path }) => path.startsWith(`${folder}/`))),
    ).toEqual([]);
  });

  test("import one way only", () => {
    expect(
      offences((file, target) => {
        const [from, to] = [layerOf(file.path), layerOf(target)];
        return isOurs(target) && from !== "" && from !== to && !layers[from]!.includes(to);
      }),
    ).toEqual([]);
  });

  test("nobody imports the public face", () => {
    expect(offences((_, target) => target === "index.ts")).toEqual([]);
  });

  test("in etl/, connectors do not import the engine", () => {
    expect(
      offences(({ path }, target) => path.startsWith("etl/connectors/") && target.startsWith("etl/engine/")),
    ).toEqual([]);
  });
});

describe("imports", () => {
  test("of our own files name a .ts file that is there", () => {
    expect(offences((_, target) => /^[^@]*\//.test(target) && isOurs(target) && !byPath.has(target))).toEqual([]);
  });

  test("run in no circle, those of types included", () => {
    expect(cycles()).toEqual([]);
  });

  test("of DuckDB stand in etl/engine/duckdb/ alone", () => {
    expect(
      offences(({ path }, target) => target.startsWith("@duckdb/") && !path.startsWith("etl/engine/duckdb/")),
    ).toEqual([]);
  });

  test("that the command line loads at its start are its own, util and commander: the rest waits for its command", () => {
    const loaded = [...reachable("cli/main.ts", (it) => it.loads)];
    expect(loaded.filter((path) => isOurs(path) && !/^(cli|util)\//.test(path))).toEqual([]);
    expect(loaded.filter((name) => !isOurs(name) && !name.startsWith("node:"))).toEqual(["commander"]);
  });

  test("of the Action reach nothing that runs in the pod", ({ skip }) => {
    if (!byPath.has("action/main.ts")) skip("src/action/main.ts is not there");
    const reached = [...reachable("action/main.ts", ({ isType }) => !isType)];
    expect(reached.filter((path) => path.startsWith("etl/") || /^@(duckdb|google-cloud)\//.test(path))).toEqual([]);
  });
});

describe("files", () => {
  test("are named in kebab-case, and for what they hold", () => {
    const names = files.map(({ path }) => path);
    expect(names.filter((path) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path))).toEqual([]);
    expect(names.filter((path) => /(manager|helpers?|utils?|impl|common|misc)\.ts$/.test(path))).toEqual([]);
  });

  test("named index.ts are none but the public face", () => {
    expect(files.map(({ path }) => path).filter((path) => /(^|\/)index\.ts$/.test(path))).toEqual(
      existsSync(new URL("../src/index.ts", import.meta.url)) ? ["index.ts"] : [],
    );
  });

  test("touch `process` in the entries alone", () => {
    const found = files.filter(({ path }) => !entries.includes(path)).flatMap(usesOfProcess);
    expect(found).toEqual([]);
    expect(usesOfProcess(byPath.get("cli/main.ts")!)).not.toEqual([]);
  });
});

/** `file:line imports target`, for each import of which a rule says that it may not be. */
function offences(isWrong: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ target }) => isWrong(file, target))
      .map(({ target, line }) => `${file.path}:${line} imports ${target}`),
  );
}

/** What is loaded with a file, itself included. */
function reachable(path: string, follow: (it: SourceFile["imports"][number]) => boolean, seen = new Set<string>()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const it of byPath.get(path)?.imports.filter(follow) ?? []) reachable(it.target, follow, seen);
  return seen;
}

/** A circle for each import that closes one, as `a.ts → b.ts → a.ts`. */
function cycles(): string[] {
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] => {
    const at = trail.indexOf(path);
    if (at >= 0) return [[...trail.slice(at), path].join(" → ")];
    if (done.has(path)) return [];
    const found = (byPath.get(path)?.imports ?? []).flatMap(({ target }) => visit(target, [...trail, path]));
    done.add(path);
    return found;
  };
  return files.flatMap(({ path }) => visit(path, []));
}

/** `process` as a global, and the module of that name. */
function usesOfProcess(file: SourceFile): string[] {
  const uses = [...walk(file.tree)].filter(({ node, around }) => {
    if (node.type !== "Identifier" || node["name"] !== "process") return false;
    const parent = around.at(-1);
    if (isParameter(node, around)) return false;
    const isName = parent?.["property"] === node || parent?.["key"] === node;
    return !isName || parent["computed"] === true || isGlobalThis(parent["object"]);
  });
  const modules = file.imports.filter(({ target }) => /^(node:)?process$/.test(target));
  return [...uses.map(({ node }) => lineOf(file, node)), ...modules.map(({ line }) => line)].map(
    (line) => `${file.path}:${line}`,
  );
}

/** Whether a function around gives the name a meaning of its own. */
function isParameter(node: Node, around: Node[]): boolean {
  return around.some((it) => [it["params"]].flat().some((param) => isNode(param) && param["name"] === node["name"]));
}

function isGlobalThis(node: unknown): boolean {
  return isNode(node) && node["name"] === "globalThis";
}
