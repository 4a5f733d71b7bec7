/** A plan for the comment on a pull request: counts alone, since many can read it. */
import { count, formatWhere } from "../util/error.ts";
import { folded, more, plain, table } from "../etl/report/markdown-parts.ts";
import type { Plan } from "./plan-form.ts";
import {
  againstWords,
  changeWords,
  comparedWords,
  manifestWords,
  modelWords,
  monthWords,
  ownWords,
  queryWords,
  rowsWords,
  targetWords,
  valuesWords,
} from "./plan-words.ts";

/** More would not be read. */
const most = { manifest: 60, problems: 30 };

export function planMarkdown(plan: Plan): string {
  const against = againstWords(plan);
  const parts = [
    `### Plan of ${plain(plan.pipeline)}${plain(targetWords(plan))}`,
    against && `Compared with ${plain(against)}.`,
    problemsPart(plan),
    dataPart(plan),
    columnsPart(plan),
    part(
      "Reads",
      ["Source", "BigQuery bills"],
      plan.queries.map((one) => [one.name, queryWords(one)]),
    ),
    monthWords(plan).map(plain).join("<br>"),
    manifestPart(plan),
    ownPart(plan),
    plan.notes.map((note) => `> ${plain(note)}`).join("\n>\n"),
  ];
  return parts.filter(Boolean).join("\n\n");
}

function part(title: string, heads: string[], rows: string[][]): string | undefined {
  if (rows.length === 0) return undefined;
  return `#### ${title}\n\n${table(
    heads,
    rows.map((row) => row.map(plain)),
  )}`;
}

/** What is to be typed stands as code, so that it can be copied. */
function columnsPart({ schema }: Plan): string | undefined {
  if (schema.length === 0) return undefined;
  const rows = schema.map((one) => {
    const flag = one.needs_allow_schema_change ? "; run it once with `--allow-schema-change`" : "";
    return [plain(one.output), plain(one.destination), `${plain(changeWords(one))}${flag}`];
  });
  return `#### Columns\n\n${table(["Output", "Destination", "Change"], rows)}`;
}

function dataPart(plan: Plan): string | undefined {
  const compared = comparedWords(plan);
  if (compared === undefined) return undefined;
  const rows = plan.data.map((one) => [modelWords(one), rowsWords(one), valuesWords(one)]);
  if (rows.length === 0) return `No row and no column changes: ${plain(compared)}.`;
  return `${part("Data", ["Table", "Rows", "Values and columns"], rows)}\n\n${plain(compared)}.`;
}

function manifestPart({ manifest }: Plan): string | undefined {
  if (manifest.length === 0) return undefined;
  return folded(`Manifests: ${count(manifest.length, "change")}`, manifestTable(manifest));
}

function ownPart({ own_manifest: own }: Plan): string | undefined {
  if (!own) return undefined;
  const body = [...(own.changes.length === 0 ? [] : [manifestTable(own.changes)]), `${plain(ownWords(own))}.`];
  return folded(`In place of ${plain(own.file)}: ${count(own.changes.length, "change")}`, body.join("\n\n"));
}

function manifestTable(changes: Plan["manifest"]): string {
  const rows = changes.slice(0, most.manifest).map((one) => [one.resource, one.path, manifestWords(one)].map(plain));
  return [table(["Resource", "Key", "Change"], rows), more(changes, most.manifest)].filter(Boolean).join("\n\n");
}

function problemsPart({ problems }: Plan): string | undefined {
  if (problems.length === 0) return undefined;
  const rows = problems
    .slice(0, most.problems)
    .map(({ severity, where, message, hint = "" }) =>
      [severity, where ? formatWhere(where) : "", message, hint].map(plain),
    );
  const shown = table(["Severity", "Where", "What", "What to do"], rows);
  return [shown, more(problems, most.problems)].filter(Boolean).join("\n\n");
}
