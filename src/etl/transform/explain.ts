/** From the engine's message to an error that names the model's file and line, and how to mend it. */
import { EtlError, messageOf, type Where } from "../../util/error.ts";
import { didYouMean, nearest } from "../../util/suggest.ts";
import { engineMessage, isBeforeRows } from "../engine/duckdb/engine-message.ts";

export interface ExplainOptions {
  model: string;
  file: string;
  error: unknown;
  /** Whether the message may show values of the data: only on target `local`, and not of these columns. */
  showValues: boolean;
  except?: ReadonlySet<string>;
  /** Lines that stand before the user's query in what the engine ran. */
  linesBefore: number;
}

export function explainModelError({ model, file, error, linesBefore, ...shown }: ExplainOptions): EtlError {
  const raw = messageOf(error);
  return new EtlError({
    // A query that no rows could make right is an invalid file, as it is for `validate`.
    code: isBeforeRows(error) ? "invalid" : "failed",
    part: `model ${model}`,
    message: engineMessage(error, shown),
    hint: isBeforeRows(error) ? queryHint(raw) : rowsHint(raw),
    where: placeOf(raw, file, linesBefore),
    cause: error,
  });
}

function placeOf(message: string, file: string, linesBefore: number): Where {
  const caret = caretOf(message);
  const line = caret ? caret.line - linesBefore : 0;
  if (!caret || line < 1) return { file };
  // A long line is shown in part, with dots in front: the column is then not known.
  return caret.text.startsWith("...") ? { file, line } : { file, line, column: caret.index + 1 };
}

interface Caret {
  line: number;
  /** The line that the engine shows, or a part of it. */
  text: string;
  /** Where in it the engine points. */
  index: number;
}

/** The engine says `LINE 3: …` and puts a caret below, as if tabs had no width. */
function caretOf(message: string): Caret | undefined {
  const match = /\nLINE (\d+): (.*)\n( *)\^/.exec(message);
  if (!match) return undefined;
  const [, line, text = "", spaces = ""] = match;
  let width = spaces.length - `LINE ${line}: `.length;
  let index = 0;
  while (index < text.length && (text[index] === "\t" || width-- > 0)) index++;
  return { line: Number(line), text, index };
}

/** Whether what was not found is written in double quotes: often a text, by somebody used to another dialect. */
function isQuotedName(message: string): boolean {
  const caret = caretOf(message);
  return message.includes("Referenced column") && caret?.text[caret.index] === '"';
}

function quotedHint(message: string): string {
  const name = /Referenced column "([^"]+)"/.exec(message)?.[1] ?? "text";
  const near = nearest(name, candidatesIn(message));
  return `${near ? `Did you mean \`${near}\`? ` : ""}A text stands in single quotes: '${name}'. Double quotes are for names.`;
}

/** The names of columns that the engine offers, without their tables. */
function candidatesIn(message: string): string[] {
  const names = /Candidate bindings: (.*)/.exec(message)?.[1]?.split(", ") ?? [];
  return names.map((name) => name.replaceAll('"', "").replace(/^.*\./, ""));
}

/** The query itself is wrong: the engine's words are those of the query. */
function queryHint(message: string): string | undefined {
  if (isQuotedName(message)) return quotedHint(message);
  const candidates = candidatesIn(message);
  const column = /Referenced (?:column|table) "([^"]+)"/.exec(message)?.[1];
  if (column && candidates.length > 0) return didYouMean(column, candidates);
  if (column) return "The query has no FROM, or the name is misspelt.";
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

/** Some rows are wrong. What the engine says of them may hold anything: no word of it goes into a hint. */
function rowsHint(message: string): string | undefined {
  if (/[Dd]ate out of range|according to format specifier/.test(message))
    return "Some texts are not such a date: try_strptime(text, format) gives NULL for them. For a DATE: CAST(try_strptime(…) AS DATE).";
  if (/^Conversion Error: Type INT\d+ with value|^Out of Range Error/.test(message))
    return "The result does not fit its type: cast to DOUBLE or DECIMAL(38, 9) before calculating.";
  if (message.startsWith("Conversion Error"))
    return "Some values are not of that type: TRY_CAST(value AS type) gives NULL for them, or filter them out first.";
  return undefined;
}
