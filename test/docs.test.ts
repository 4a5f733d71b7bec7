import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseYaml } from "../src/spec/document.ts";
import { loadDocument } from "../src/spec/load.ts";
import { testSchema } from "../src/spec/test-file.ts";
import { localTarget } from "../src/spec/target.ts";
import { headingsOf, pages as docsPages, readPage, withContents } from "../scripts/contents-docs.js";
import { pages, root } from "./guide/pages.ts";

interface Block {
  name: string;
  text: string;
}

/** Rules show parts of manifests: their own tests hold these. */
async function yamlBlocks(): Promise<Block[]> {
  const files = (await pages()).filter((file) => /^(?:README\.md$|docs\/(?!rules\/))/.test(file));
  const lists = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), "utf8");
      return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map((match) => ({
        name: `${file}:${text.slice(0, match.index).split("\n").length}`,
        text: match[1]!,
      }));
    }),
  );
  return lists.flat();
}

const blocks = await yamlBlocks();

test("README and docs show YAML", () => {
  expect(blocks.length).toBeGreaterThan(5);
});

test.for(blocks)("the YAML at $name loads", (block) => {
  expect(problemsOf(block)).toEqual([]);
});

/** What is wrong with a block: a list of tests, a workflow, a manifest or settings of Dependabot, or else a pipeline. */
function problemsOf({ name, text }: Block): unknown[] {
  const document = parseYaml(text, name);
  if (document.problems.length > 0) return document.problems;
  if (Array.isArray(document.value))
    return document.value.flatMap((spec) => testSchema.safeParse(spec).error?.issues ?? []);
  if (["jobs", "apiVersion", "updates"].some((key) => key in (document.value as object))) {
    return parseAllDocuments(text).flatMap((part) => ("errors" in part ? part.errors : []));
  }
  return loadDocument({ document, file: join(root, "pipeline.yaml"), cwd: root, target: localTarget }).warnings;
}

interface Link {
  /** Where it stands, and what is written there. */
  name: string;
  file: string;
  anchor?: string | undefined;
}

async function linksOf(page: string): Promise<Link[]> {
  const text = (await readFile(join(root, page), "utf8")).replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
    if (/^\w+:/.test(target)) return [];
    const [path = "", anchor] = target.split("#");
    return [{ name: `${page}: ${target}`, file: path === "" ? page : join(dirname(page), path), anchor }];
  });
}

test("every link leads to a page that is there, and to a heading in it", async () => {
  const links = (await Promise.all((await pages()).map(linksOf))).flat();
  expect(links.length).toBeGreaterThan(200);
  const dead: string[] = [];
  for (const { name, file, anchor } of links)
    if (!existsSync(join(root, file)) || (anchor && !(await anchorsOf(file)).includes(anchor))) dead.push(name);
  expect(dead).toEqual([]);
});

test("whoever begins at README.md finds every page of docs/ in two clicks", async () => {
  const found = new Set(["README.md"]);
  for (let clicks = 0; clicks < 2; clicks++) {
    const links = (await Promise.all([...found].filter((file) => file.endsWith(".md")).map(linksOf))).flat();
    for (const { file } of links) found.add(file);
  }
  expect((await pages()).filter((page) => page.startsWith("docs/") && !found.has(page))).toEqual([]);
});

async function anchorsOf(file: string): Promise<string[]> {
  return headingsOf(await readFile(join(root, file), "utf8")).map(({ anchor }) => anchor);
}

test.for(docsPages)("docs/%s has its list of chapters where it is long", (name) => {
  expect(withContents(readPage(name)), "run node scripts/contents-docs.js").toBe(readPage(name));
});
