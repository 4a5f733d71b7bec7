import { isPlainObject } from "../../../spec/value.ts";
import type { Path } from "../../../spec/document.ts";
import type { Rule } from "../rule.ts";

export const placeholder: Rule = {
  name: "placeholder",
  severity: "warning",
  kinds: ["Naisjob", "Application", "PrometheusRule"],
  title: "A placeholder was left in",
  why: "Who copies an example may forget to fill it in. The platform takes the placeholder for the value.",
  cure: "Write what is meant in its place.",
  bad: "env:\n  - name: LEVEL\n    value: …",
  good: "env:\n  - name: LEVEL\n    value: info",
  *check({ metadata, spec }) {
    for (const { path, text } of [...textsIn(metadata, ["metadata"]), ...textsIn(spec, ["spec"])]) {
      const isImage = path.length === 2 && path[1] === "image";
      const [found] = (isImage ? inImage : alone).exec(text) ?? [];
      if (found !== undefined) yield { path, message: `\`${found}\` is a placeholder` };
    }
  },
};

/** Texts for people may hold dots and brackets; one that is nothing else is no text. */
const alone = /^(…|\.\.\.|<[^<>]+>)$/;
/** What stands in the addresses that are shown here and elsewhere. */
const inImage = /…|<[^<>]+>|\bPROJECT\b|\bTEAM\b/;

function* textsIn(value: unknown, path: Path): Generator<{ path: Path; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  const entries = Array.isArray(value) ? value.entries() : isPlainObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) yield* textsIn(item, [...path, key]);
}
