/** Answers as files of rows: JSON's rows as lines, in one file unless they are to know their answer; other text as it came. */
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { stepsOf } from "../../../spec/json-path.ts";
import type { HttpSource } from "../../../spec/source.ts";
import { EtlError } from "../../../util/error.ts";
import type { ReadRequest } from "../connector.ts";
import type { FoundFile } from "../file/find.ts";
import { writeJsonRows } from "../file/json-rows.ts";
import { transcode } from "../file/transcode.ts";
import { answerEncoding } from "./answer-encoding.ts";
import { countLines } from "./count-lines.ts";
import type { Page } from "./next-page.ts";
import type { Answer } from "./read-pages.ts";

interface OpenStage {
  request: ReadRequest & { spec: HttpSource };
  folder: string;
  /** The address, for messages. */
  shown: string;
}

export interface Stage {
  /** @param name which the rows' `_file` has */
  take(answer: Answer, name: string): Promise<Pick<Page, "rows" | "watched">>;
  close(): Promise<void>;
  files(): Promise<Staged>;
}

export interface Staged {
  found: FoundFile[];
  /** Undefined for UTF-8, in which text of another encoding may turn up. */
  encoding: string | undefined;
}

export function openStage(options: OpenStage): Stage {
  return options.request.spec.format === undefined || options.request.spec.format === "json"
    ? openJsonStage(options)
    : openTextStage(options);
}

function openTextStage({ request: { spec, context }, shown }: OpenStage): Stage {
  const found: FoundFile[] = [];
  let encoding: string | undefined;
  return {
    async take({ file, headers, bytes }, name) {
      encoding ??= answerEncoding(spec.encoding, headers);
      if (bytes > 0) found.push({ path: file, shown, name, size: bytes });
      return { rows: await countLines(file, context.signal), watched: undefined };
    },
    close: async () => undefined,
    files: async () => ({ found, encoding }),
  };
}

const noContent = 204;

function openJsonStage({ request, folder, shown }: OpenStage): Stage {
  const { spec, context, columns, showValues = false } = request;
  const { records = "$", paginate } = spec;
  const { signal } = context;
  const paths = {
    records,
    steps: stepsOf(records),
    watch: paginate?.cursor === undefined ? undefined : stepsOf(paginate.cursor),
  };
  const found: FoundFile[] = [];
  let lines: FileHandle | undefined;
  let isTranscoded = false;

  async function target(name: string): Promise<FileHandle> {
    if (lines && !spec.provenance) return lines;
    await lines?.close();
    const path = join(folder, `rows-${found.length + 1}`);
    lines = await open(path, "w");
    found.push({ path, shown, name, size: 0 });
    return lines;
  }

  /** @returns the file in UTF-8 */
  async function inUtf8({ file, headers }: Answer, place: string): Promise<string> {
    const encoding = answerEncoding(spec.encoding, headers);
    if (encoding === undefined) return file;
    const to = `${file}-utf-8`;
    try {
      await transcode({ from: file, to, encoding, shown: place, isCut: false, signal });
    } catch (error) {
      // What a server says of its charset is often its default, and not what the text is in.
      if (spec.encoding === undefined && error instanceof EtlError) return file;
      throw error;
    }
    isTranscoded = true;
    return to;
  }

  return {
    async take(answer, name) {
      const place = answer.page === 1 ? shown : `${shown} (page ${answer.page})`;
      const to = await target(name);
      if (answer.bytes === 0 && answer.status === noContent) return { rows: 0, watched: undefined };
      if (answer.bytes === 0) throw emptyAnswer(place);
      const from = await inUtf8(answer, place);
      const written = await writeJsonRows({ from, to, shown: place, ...paths, columns, showValues, signal });
      for (const file of new Set([answer.file, from])) await rm(file);
      return written;
    },
    close: async () => lines?.close(),
    async files() {
      for (const file of found) file.size = (await stat(file.path)).size;
      return { found, encoding: isTranscoded ? "utf-8" : undefined };
    },
  };
}

function emptyAnswer(shown: string): EtlError {
  return new EtlError({
    code: "invalid",
    part: "http",
    message: "the answer is empty",
    hint: "JSON without rows is an empty array: []. Is something missing in `query`?",
    where: { file: shown },
  });
}
