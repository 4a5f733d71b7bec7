/** From the engine's message to an error that names the model's file and line, and how to mend it. */
import { EtlError, messageOf, type Where } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";

export interface ExplainOptions {
  model: string;
  file: string;
  error: unknown;
  /** Whether the message may show values of the data: only on target `local`. */
  showValues: boolean;
  /** Lines that stand before the user's query in what the engine ran. */
  linesBefore: number;
}

export function explainModelError({ model, file, error, showValues, linesBefore }: ExplainOptions): EtlError {
  const raw = messageOf(error);
  const [headline = raw] = raw.split("\n\n");
  const message = headline
    .replace(/^[A-Z][a-z]+(?: [A-Z][a-z]+)* Error: /, "")
    .replace(/\nCandidate bindings:.*|\nDid you mean.*|\n\tCandidate functions:[\s\S]*/, "");
  return new EtlError({
    code: "failed",
    part: `model ${model}`,
    message: showValues ? message.split("\n")[0]! : hideValues(message.split("\n")[0]!),
    hint: isQuotedName(raw) ? quotedHint(raw) : hintFor(raw),
    where: placeOf(raw, file, linesBefore),
    cause: error,
  });
}

/** The engine says `LINE 3: …` and puts a caret below the column. */
function placeOf(message: string, file: string, linesBefore: number): Where {
  const match = /\nLINE (\d+): (.*)\n( *)\^/.exec(message);
  if (!match) return { file };
  const line = Number(match[1]) - linesBefore;
  const column = match[3]!.length - `LINE ${match[1]}: `.length + 1;
  // A long line is shown in part, with dots in front: the column is then not known.
  return line < 1 ? { file } : match[2]!.startsWith("...") ? { file, line } : { file, line, column };
}

/** Whether what was not found is written in double quotes: often a text, by somebody used to another dialect. */
function isQuotedName(message: string): boolean {
  const match = /\nLINE (\d+): (.*)\n( *)\^/.exec(message);
  const column = match ? match[3]!.length - `LINE ${match[1]}: `.length : -1;
  return /Referenced column/.test(message) && match?.[2]?.[column] === '"';
}

function quotedHint(message: string): string {
  const name = /Referenced column "([^"]+)"/.exec(message)?.[1] ?? "text";
  return `A text stands in single quotes: '${name}'. Double quotes are for names.`;
}

function hintFor(message: string): string | undefined {
  const candidates = /Candidate bindings: (.*)/.exec(message)?.[1];
  const column = /Referenced (?:column|table) "([^"]+)"/.exec(message)?.[1];
  if (column && candidates)
    return didYouMean(
      column,
      candidates.split(", ").map((name) => name.replaceAll('"', "").replace(/^.*\./, "")),
    );
  if (column) return "The query has no FROM, or the name is misspelt.";
  const cast = /Could not convert string '.*?' to (\w+)|Could not convert string ".*?" to '?(\w+)/s.exec(message);
  if (cast)
    return "Some values are not of that type: TRY_CAST(value AS type) gives NULL for them, or filter them out first.";
  if (/Out of Range|Overflow/i.test(message))
    return "The result does not fit its type: cast to DOUBLE or DECIMAL(38, 9) before calculating.";
  if (/must appear in the GROUP BY|GROUP BY clause/.test(message))
    return "Add the column to GROUP BY (or write GROUP BY ALL), or aggregate it.";
  const near = /Did you mean "([^"]+)"/.exec(message)?.[1];
  if (/Function with name/.test(message))
    return `Models are written in DuckDB's SQL${near ? `. Did you mean \`${near}\`?` : "."}`;
  if (/No function matches/.test(message)) return "The types of the arguments do not fit: cast one of them.";
  if (/syntax error/.test(message)) return "Models are written in DuckDB's SQL.";
  if (/file system operations are disabled/.test(message))
    return "Models see sources and models only: declare the file under `sources:`.";
  return undefined;
}

/** Outside target `local` no value of the data is shown: texts in quotes and numbers of a message may be some. */
export function hideValues(message: string): string {
  return message
    .replaceAll(/'(?:[^']|'')*'/g, "'…'")
    .replaceAll(/"(?:[^"]|"")*"(?! (?:not found|was not found|could not|must))/g, '"…"')
    .replaceAll(/\b\d[\d.,:-]*\b/g, "…");
}
