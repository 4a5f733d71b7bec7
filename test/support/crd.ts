/**
 * A CRD made from a table of facts (`test/facts/`). Whatever decides what is accepted is in it; descriptions, printed
 * columns, the schema of `status` and the wording of rules are lost.
 */

export interface FactTable {
  kind: string;
  apiVersion: string;
  plural: string;
  /** Rules between fields of the whole resource. */
  rules: string[];
  /** By path: `spec.env[].name`, `spec.labels{}`. */
  fields: Record<string, Record<string, unknown>>;
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  required?: string[];
  [keyword: string]: unknown;
}

export function crdOf({ kind, apiVersion, plural, rules, fields }: FactTable): object {
  const [group = "", version = ""] = apiVersion.split("/");
  const spec: Schema = { type: "object" };
  for (const [path, fact] of Object.entries(fields)) addField(spec, partsOf(path).slice(1), fact);
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const schema = {
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec,
      status: open,
    },
    ...validations(rules),
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/** `spec`, `env`, `[]`, `name`. */
function partsOf(path: string): string[] {
  return path.replaceAll(/\[\]|\{\}/g, ".$&").split(".");
}

function addField(spec: Schema, parts: string[], { required, rules, ...keywords }: Record<string, unknown>): void {
  const holder = parts.slice(0, -1).reduce(below, spec);
  const last = parts.at(-1)!;
  Object.assign(below(holder, last), keywords, validations((rules ?? []) as string[]));
  if (required === true) (holder.required ??= []).push(last);
}

function below(schema: Schema, part: string): Schema {
  if (part === "[]") return (schema.items ??= {});
  if (part === "{}") return (schema.additionalProperties ??= {});
  return ((schema.properties ??= {})[part] ??= {});
}

function validations(rules: string[]): object {
  return rules.length === 0 ? {} : { "x-kubernetes-validations": rules.map((rule) => ({ rule, message: rule })) };
}
