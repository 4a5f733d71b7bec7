import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
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

async function yamlBlocks(): Promise<Block[]> {
  const files = ["README.md"];
  for await (const file of glob("docs/**/*.md", { cwd: root })) if (!file.startsWith("docs/rules/")) files.push(file);
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

/** What is wrong with a block: a list of tests, a workflow or a manifest, or else a pipeline. */
function problemsOf({ name, text }: Block): unknown[] {
  const document = parseYaml(text, name);
  if (document.problems.length > 0) return document.problems;
  if (Array.isArray(document.value))
    return document.value.flatMap((spec) => testSchema.safeParse(spec).error?.issues ?? []);
  if ("jobs" in (document.value as object) || "apiVersion" in (document.value as object)) {
    return parseAllDocuments(text).flatMap((part) => ("errors" in part ? part.errors : []));
  }
  return loadDocument({ document, file: join(root, "pipeline.yaml"), cwd: root, target: localTarget }).warnings;
}
