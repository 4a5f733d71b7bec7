/** A manifest file as the deploy client reads it: templated, split into documents, YAML 1.1; every place traced back to the file. */
import { isMap, isScalar, parseAllDocuments, type Document, type Node } from "yaml";
import { toSourceDocument, type Path, type SourceDocument } from "../../spec/document.ts";
import type { Problem, Where } from "../../util/error.ts";
import type { Variables } from "./template/evaluate.ts";
import { renderTemplate } from "./template/render.ts";
import { TemplateSyntaxError } from "./template/syntax.ts";

export interface ManifestDocument extends SourceDocument {
  /** The comment on the line of a key, or on the lines above it. */
  commentOf: (path: Path) => string | undefined;
}

export interface ReadOptions {
  text: string;
  /** The name to show. */
  file: string;
  /** The template's variables. Without any, the client does not look for templates at all. */
  variables?: Variables | undefined;
}

/** Every document that is not empty, and what is wrong with the file as a template. */
export function readManifests({ text, file, variables = {} }: ReadOptions): {
  documents: ManifestDocument[];
  problems: Problem[];
} {
  const at = placesIn(text, file);
  if (Object.keys(variables).length === 0) {
    const problems = unfilledProblems(text, at);
    return { documents: problems.length > 0 ? [] : parseDocuments({ text, file, at }), problems };
  }
  try {
    const rendered = renderTemplate(text, variables);
    const problems = rendered.empty.map(({ offset, ...place }) => ({ ...emptyProblem(place), where: at(offset) }));
    const documents = parseDocuments({ text: rendered.text, file, at: (offset) => at(rendered.origin(offset)) });
    // Where something was left empty, the rest of the line may be YAML no more.
    const isWhole = problems.every(({ severity }) => severity === "warning");
    return { documents: documents.filter((document) => isWhole || document.problems.length === 0), problems };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    const hint =
      "The deploy client fills the file in as a Handlebars template, and refuses this. For a literal {{ write \\{{.";
    return {
      documents: [],
      problems: [{ severity: "error", rule: "template", message: error.message, hint, where: at(error.offset) }],
    };
  }
}

type Place = (offset: number) => Where;

function placesIn(text: string, file: string): Place {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** The client's reader of YAML 1.1 knows neither times of day nor dates: they stay texts. */
const unknownTags = new Set(["tag:yaml.org,2002:timestamp"]);

function parseDocuments({ text, file, at }: { text: string; file: string; at: Place }): ManifestDocument[] {
  const parsed = parseAllDocuments(text, {
    version: "1.1",
    prettyErrors: false,
    uniqueKeys: true,
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && !unknownTags.has(tag.tag))),
  });
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  return documents
    .filter(
      ({ contents, errors }) =>
        errors.length > 0 || (contents !== null && !(isScalar(contents) && contents.value === null)),
    )
    .map((document) => ({
      ...toSourceDocument({ document, file, at }),
      commentOf: (path) => commentOf(document, path),
    }));
}

function commentOf(document: Document.Parsed, path: Path): string | undefined {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1) as unknown[], true);
  if (!isMap(holder)) return undefined;
  const pair = holder.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  if (!pair || !isScalar(pair.key)) return undefined;
  // The comment above the first key of a map belongs to the map.
  const above = holder.items[0] === pair ? holder.commentBefore : pair.key.commentBefore;
  const beside = (pair.value as Node | null)?.comment;
  const comments = [above, beside].filter((comment) => typeof comment === "string");
  return comments.length > 0 ? comments.join("\n") : undefined;
}

function emptyProblem({ tag, name, isGiven }: { tag: string; name: string; isGiven: boolean }): Omit<Problem, "where"> {
  if (isGiven) {
    const hint = `The place is left empty. Give it a value, as --var ${name}=VALUE, or put {{#if ${name}}} around it.`;
    return { severity: "warning", rule: "template-empty", message: `the variable \`${name}\` is empty`, hint };
  }
  const hint = name.startsWith("$")
    ? `For Prometheus to fill it in, write \\${tag}.`
    : `The deploy client would leave the place empty. Give it a value, as --var ${name}=VALUE, or put {{#if ${name}}} around it.`;
  return {
    severity: "error",
    rule: "template-variable",
    message: `no variable \`${name}\` is given for \`${tag}\``,
    hint,
  };
}

/** Tags that can only be meant for the deploy client: a name, or a block. What Prometheus fills in has a `$` or a `.` in front. */
const clientTag = /(?<!\\)\{\{\{?~?\s*(?:[#/^!&>]|else\b|[\p{L}_][\p{L}\p{N}_.-]*\s*~?\}\})/gu;

/** Without variables the client does not fill anything in, and `{{image}}` would be read as a map. */
function unfilledProblems(text: string, at: Place): Problem[] {
  const found = [...text.matchAll(clientTag)];
  const first = found[0];
  if (!first) return [];
  const names = [...text.matchAll(/\{\{\{?\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}?\}\}/gu)]
    .map(([, name]) => name!)
    .filter((name) => name !== "else");
  const wanted = [...new Set(names)].map((name) => `--var ${name}=VALUE`).join(" ");
  const hint = `The deploy client fills in templates only when it is given a variable. Add to this command: ${wanted || "--var NAME=VALUE"}, or --vars-file FILE.`;
  return [
    {
      severity: "error",
      rule: "template-not-filled",
      message: "the file is a template, and no variable is given",
      hint,
      where: at(first.index),
    },
  ];
}
