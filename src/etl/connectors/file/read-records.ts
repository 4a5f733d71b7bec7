/** Files of JSON whose rows stand somewhere in it: written as lines of JSON in the work folder. */
import { stat, type FileHandle } from "node:fs/promises";
import { stepsOf } from "../../../spec/json-path.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { ReadRequest } from "../connector.ts";
import { convert } from "./convert.ts";
import type { FoundFile } from "./find.ts";
import type { FormatKeys } from "./format.ts";
import { writeJsonRows } from "./json-rows.ts";
import { prepareText } from "./text-source.ts";

interface ReadRecords {
  files: FoundFile[];
  keys: FormatKeys & { records?: string | undefined };
  request: ReadRequest;
}

/** @returns the files that hold the rows, and how they are read */
export async function readRecords({ files, keys, request }: ReadRecords) {
  const prepared = await prepareText({ files, keys, allowsMark: true, request });
  const written = await mapLimited(prepared, (file) => writeFile(file, keys.records!, request));
  return { files: written, keys: { ...keys, encoding: keys.encoding && "utf-8" }, request };
}

async function writeFile(file: FoundFile, records: string, request: ReadRequest): Promise<FoundFile> {
  const { columns, showValues = false, context } = request;
  const { path: from, shown } = file;
  const parts = { records, steps: stepsOf(records), columns, takesArray: true };
  const write = async (to: FileHandle) => {
    await writeJsonRows({ from, to, shown, ...parts, showValues, signal: context.signal });
  };
  const path = await convert({ kind: "records", write }, request);
  return { ...file, path, size: (await stat(path)).size };
}
