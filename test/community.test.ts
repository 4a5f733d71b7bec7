/** The files that GitHub reads: of a form with a mistake it shows nothing, and says so to nobody. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".github/ISSUE_TEMPLATE");
const forms = readdirSync(folder).filter((name) => name !== "config.yml");

interface Field {
  type: string;
  id?: string;
  attributes: { label?: string; value?: string; options?: string[] };
}

test("there are forms, and no way around them", () => {
  expect(forms.length).toBeGreaterThan(1);
  expect(parse(readFileSync(join(folder, "config.yml"), "utf8"))).toMatchObject({ blank_issues_enabled: false });
});

describe.for(forms)("the form %s", (name) => {
  const form = parse(readFileSync(join(folder, name), "utf8")) as { name: string; description: string; body: Field[] };

  test("has a name, a description and fields", () => {
    expect(Object.keys(form).toSorted()).toEqual(["body", "description", "labels", "name"]);
    for (const { type, attributes, id } of form.body) {
      expect(["markdown", "textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      expect(type === "markdown" ? attributes.value : attributes.label).toBeTruthy();
      expect(id === undefined).toBe(type === "markdown");
    }
  });

  test("names each field once", () => {
    const ids = form.body.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("CODEOWNERS names places that are there", () => {
  const lines = readFileSync(join(root, ".github/CODEOWNERS"), "utf8").split("\n");
  const paths = lines.filter((line) => /^\S/.test(line) && !line.startsWith("#")).map((line) => line.split(/\s+/)[0]!);
  expect(paths.length).toBeGreaterThan(1);
  expect(paths.filter((path) => path !== "*" && !existsSync(join(root, path)))).toEqual([]);
});
