import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseYaml } from "../src/spec/document.ts";
import { loadDocument } from "../src/spec/load.ts";
import { testSchema } from "../src/spec/test-file.ts";
import { localTarget } from "../src/spec/target.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Block {
  name: string;
  text: string;
}

/** All pages that people read, but the rules' own. */
async function pages(): Promise<string[]> {
  const files = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "examples/README.md",
    "test/README.md",
    "src/README.md",
  ];
  for await (const file of glob("docs/**/*.md", { cwd: root })) if (!file.startsWith("docs/rules/")) files.push(file);
  return files;
}

async function yamlBlocks(): Promise<Block[]> {
  const files = (await pages()).filter((file) => file === "README.md" || file.startsWith("docs/"));
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

test("every link leads to a page that is there, and to a heading in it", async () => {
  const dead: string[] = [];
  for (const page of await pages()) {
    const text = (await readFile(join(root, page), "utf8")).replaceAll(/^```[\s\S]*?^```/gm, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [path = "", anchor] = target.split("#");
      if (/^\w+:/.test(path)) continue;
      const file = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, file)) || (anchor && !(await headingsOf(file)).includes(anchor)))
        dead.push(`${page}: ${target}`);
    }
  }
  expect(dead).toEqual([]);
});

/** As GitHub names them. */
async function headingsOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), "utf8");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
