import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { renderTemplate } from "../../../../src/ship/manifest/template/render.ts";
import { TemplateSyntaxError } from "../../../../src/ship/manifest/template/syntax.ts";

interface Facts {
  variables: Record<string, unknown>;
  templates: [template: string, text: string | null][];
}

const facts = JSON.parse(readFileSync(new URL("../../../facts/templates.json", import.meta.url), "utf8")) as Facts;

function outcome(template: string, variables: Record<string, unknown>): string | null {
  try {
    return renderTemplate(template, variables).text;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return null;
    throw error;
  }
}

test("four hundred made-up templates come out as the platform's own renderer makes them", () => {
  expect(facts.templates).toHaveLength(400);
  const ours = facts.templates.map(([template]) => [template, outcome(template, facts.variables)]);
  expect(ours).toEqual(facts.templates);
});

describe("idioms of real manifests", () => {
  test.each([
    ["image: {{image}}", { image: "a/b:1" }, "image: a/b:1"],
    ["name: x{{#if cron.schedule}}{{else}}-run-on-deploy{{/if}}", {}, "name: x-run-on-deploy"],
    ["name: x{{#if cron.schedule}}{{else}}-run-on-deploy{{/if}}", { cron: { schedule: "0 6 * * *" } }, "name: x"],
    ["a: {{my-var.in-it}}", { "my-var": { "in-it": 3 } }, "a: 3"],
    [
      'env:\n  {{#each env}}\n  - name: {{@key}}\n    value: "{{this}}"\n  {{/each}}\n',
      { env: { A: 1, B: "x" } },
      'env:\n  - name: A\n    value: "1"\n  - name: B\n    value: "x"\n',
    ],
    ["{{#each list as |url|}}\n- {{url}} {{team}}\n{{/each}}\n", { list: ["a", "b"], team: "t" }, "- a t\n- b t\n"],
    ["{{#unless dev}}replicas{{/unless}}", { dev: false }, "replicas"],
    ["summary: \\{{ $labels.x }} of {{app}}", { app: "a" }, "summary: {{ $labels.x }} of a"],
    ["{{a}} {{{a}}}", { a: "&'<>\"=`" }, "&amp;&apos;&lt;&gt;&quot;=` &'<>\"=`"],
    ["{{#if on}}the text false is true{{/if}}", { on: "false" }, "the text false is true"],
  ])("%j", (template, variables, text) => {
    expect(renderTemplate(template, variables)).toMatchObject({ text, empty: [] });
  });
});

test("a place that renders empty is told, with its offset and whether a variable is given", () => {
  const { empty } = renderTemplate("a: {{one}}\nb: {{two.x}}\n{{#if three}}{{four}}{{/if}}", { one: "" });
  expect(empty).toEqual([
    { tag: "{{one}}", name: "one", isGiven: true, offset: 3 },
    { tag: "{{two.x}}", name: "two.x", isGiven: false, offset: 14 },
  ]);
});

test("every offset of the text is traced to where it came from", () => {
  const template = "a: {{x}}\n{{#each l}}\n- {{this}} z\n{{/each}}\nend";
  const { text, origin } = renderTemplate(template, { x: "long value", l: [1, 2] });
  expect(text).toBe("a: long value\n- 1 z\n- 2 z\nend");
  const at = (part: string, from = 0) => origin(text.indexOf(part, from));
  expect(at("long")).toBe(template.indexOf("{{x}}"));
  expect(at("value")).toBe(template.indexOf("{{x}}"));
  expect(at("2 z")).toBe(template.indexOf("{{this}}"));
  expect(at("z", text.indexOf("2 z"))).toBe(template.indexOf("z\n"));
  expect(at("end")).toBe(template.indexOf("end"));
});

describe("what the platform's client refuses is refused at its place", () => {
  test.each([
    ["a: {{x", 6, "is not closed"],
    ["{{#if x}}", 0, "`{{#if}}` is not closed"],
    ["a {{/if}}", 2, "not open"],
    ["{{#if x}}{{/each}}", 9, "`{{/each}}` closes `{{#if}}`"],
    ["{a: {{x}}}", 7, "braces"],
    ["{{> part}}", 0, "partials"],
    ["{{!-- x", 0, "comment"],
    ["{{#if}}{{/if}}", 0, "takes one value"],
    ["{{if}}", 2, "name of a helper"],
    ["{{x y='1}}", 6, "may not stand"],
    ["{{m}}", 0, "is a map"],
  ])("%j", (template, offset, message) => {
    const error = thrownBy(() => renderTemplate(template, { m: { a: 1 } }));
    expect(error).toMatchObject({ offset, message: expect.stringContaining(message) });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
