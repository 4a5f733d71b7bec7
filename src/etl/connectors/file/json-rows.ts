/** What stands at a JSON path of a file, written as a line for each row. */
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Columns } from "../../../spec/column.ts";
import type { Step } from "../../../spec/json-path.ts";
import { EtlError, formatNumber } from "../../../util/error.ts";
import { areColumns, listsOfObjects, longestColumns, readObject, rowsOfColumns } from "./json-columns.ts";
import { longestJsonRecord } from "./json-file.ts";
import { createPathScanner, type PathScan } from "./json-path-scan.ts";
import { JsonFault } from "./json-source.ts";

export interface JsonRows {
  /** JSON in UTF-8. */
  from: string;
  to: FileHandle;
  shown: string;
  /** The path as it is declared; `$` where it is not. */
  records: string;
  steps: readonly Step[];
  watch?: readonly Step[] | undefined;
  columns: Columns | undefined;
  /** Whether names of keys that the file has may be shown. */
  showValues: boolean;
  takesArray?: boolean;
  signal: AbortSignal;
}

export interface WrittenRows {
  rows: number;
  /** What stands at `watch`. */
  watched: string | undefined;
}

const readAtOnce = 1 << 20;
const writtenAtOnce = 1 << 20;
const lineEnd = Buffer.from("\n");

/** @throws {EtlError} `invalid`: no JSON, nothing at the path, something else than rows there */
export async function writeJsonRows(options: JsonRows): Promise<WrittenRows> {
  const sink = createSink(options);
  const scanner = createPathScanner(scanOf(options, sink));
  try {
    const chunks = createReadStream(options.from, { highWaterMark: readAtOnce, signal: options.signal });
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      scanner.push(chunk);
      await sink.write(writtenAtOnce);
    }
    const scanned = scanner.end();
    await sink.write(1);
    if (!scanned.isFound) throw nothingThere(scanned.lists, options);
    return { rows: sink.rows(), watched: scanned.watched };
  } catch (error) {
    throw error instanceof JsonFault ? await faultIn(error, options) : error;
  }
}

function scanOf({ steps, watch, takesArray }: JsonRows, sink: Sink): PathScan {
  const longest = Math.max(longestJsonRecord, longestColumns);
  return { rows: steps, watch, longest, takesArray: takesArray ?? false, onValue: sink.take };
}

interface Sink {
  take: PathScan["onValue"];
  /** Writes what is there, where it is so much. */
  write(least: number): Promise<void>;
  rows(): number;
}

function createSink(options: JsonRows): Sink {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let rows = 0;
  const add = (line: Uint8Array) => {
    waiting.push(line);
    bytes += line.length;
  };
  return {
    take(value, isElement) {
      if (isElement) {
        // The piece that it lies in is let go.
        add(onOneLine(Buffer.from(value)));
        add(lineEnd);
        rows++;
        return;
      }
      for (const part of wholeRows(Buffer.from(value), options)) {
        add(Buffer.from(part.lines));
        rows += part.rows;
      }
    },
    async write(least) {
      if (bytes < least) return;
      const all = Buffer.concat(waiting);
      [waiting, bytes] = [[], 0];
      await options.to.writeFile(all);
    },
    rows: () => rows,
  };
}

/** Within a text there are no line breaks as they are: what JSON has of them stands between values. */
function onOneLine(bytes: Buffer): Buffer {
  for (const lineBreak of [0x0a, 0x0d])
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = 0x20;
  return bytes;
}

/** An object that stands there alone is one row, or its arrays are columns. */
function* wholeRows(bytes: Buffer, options: JsonRows): Generator<{ lines: string; rows: number }> {
  const object = readObject(bytes);
  const { columns } = options;
  if (areColumns(object, columns)) return yield* rowsOfColumns(object);
  const lists = listsOfObjects(object);
  const isRow = columns ? object.members.some(({ name }) => Object.hasOwn(columns, name)) : lists.length === 0;
  if (!isRow && object.members.length > 0) throw rowsElsewhere(lists, options);
  yield { lines: `${onOneLine(bytes).toString("utf8")}\n`, rows: 1 };
}

function rowsElsewhere(lists: string[], options: JsonRows): EtlError {
  const { shown, records, columns } = options;
  const what = records === "$" ? "the answer" : `what stands at \`${records}\``;
  const why = columns ? "and none of the declared columns is in it" : "which holds rows, and is none";
  return new EtlError({
    code: "invalid",
    part: "json",
    message: `${what} is one object, ${why}`,
    hint: `Say where the rows are: ${pathsTo(lists, options) ?? "`records:`, a JSON path such as $.data[*]"}.`,
    where: { file: shown },
  });
}

/** Names that APIs give to what holds their rows. Others may be somebody's: they are shown where values are. */
const usual =
  /^(?:data|items?|results?|rows?|records?|values?|hits|features|content|entries|elements|objects|list|docs|documents)$/i;

function pathsTo(lists: string[], { records, showValues }: JsonRows): string | undefined {
  const shown = lists.filter((name) => showValues || usual.test(name)).slice(0, 5);
  return shown.length === 0 ? undefined : shown.map((name) => `\`records: ${pathTo(records, name)}[*]\``).join(" or ");
}

function pathTo(records: string, name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? `${records}.${name}` : `${records}['${name}']`;
}

function nothingThere(lists: string[], options: JsonRows): EtlError {
  const { shown, records } = options;
  const paths = pathsTo(lists, { ...options, records: "$" });
  return new EtlError({
    code: "invalid",
    part: "json",
    message: `nothing stands at \`${records}\``,
    hint: `${paths === undefined ? "Look at one answer, with `raw:` or with curl." : `There is ${paths}.`} Where there are no rows, an empty array or null stands there.`,
    where: { file: shown },
  });
}

async function faultIn({ message, at }: JsonFault, { from, shown, showValues }: JsonRows): Promise<EtlError> {
  const head = await headOf(from);
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(head))
    return new EtlError({
      code: "invalid",
      part: "json",
      message: `this is no JSON: it is ${/^\s*<\?xml/i.test(head) ? "XML" : "a web page"}`,
      hint: "Is `url` the address of the data, and not of the page about it? Does it ask for a login?",
      where: { file: shown },
    });
  if (head.includes("\0") || head.startsWith("\ufffd"))
    return new EtlError({
      code: "invalid",
      part: "json",
      message: "this is no JSON in UTF-8: its first bytes are those of another encoding, or of no text at all",
      hint: "If it is text, say which: `encoding: utf-16le`.",
      where: { file: shown },
    });
  return new EtlError({
    code: "invalid",
    part: "json",
    message: `this is not valid JSON: ${message}, at byte ${formatNumber(at + 1)}`,
    hint: /^\s*[{[]/.test(head)
      ? "Was it cut off? Is it NDJSON (an object a line)? Then say `format: ndjson`."
      : showValues
        ? `It begins with ${JSON.stringify(head.slice(0, 40))}. Is \`format:\` another one?`
        : "Is `format:` another one?",
    where: { file: shown },
  });
}

async function headOf(path: string): Promise<string> {
  const chunks = createReadStream(path, { end: 99 });
  const parts: Buffer[] = [];
  for await (const chunk of chunks as AsyncIterable<Buffer>) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
