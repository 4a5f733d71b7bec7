/** A source's text files, ready to be verified: in UTF-8, their layout known, their columns found. */
import { open } from "node:fs/promises";
import { EtlError, type Problem } from "../../../util/error.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { ReadRequest } from "../connector.ts";
import { convert } from "./convert.ts";
import { findEncodingFault, safeCut } from "./encoding.ts";
import { encodingProblem } from "./encoding-problem.ts";
import type { FoundFile } from "./find.ts";
import { throwAll } from "./findings.ts";
import { foreignFormat, type FormatKeys } from "./format.ts";
import { isCut } from "./scan-text.ts";
import { encodingName } from "./transcode.ts";

/** The first bytes of a file, as many as its first record needs. */
export interface Head {
  bytes: Buffer;
  /** Whether it is the whole file. */
  isWhole: boolean;
}

export async function readHead(path: string, length: number): Promise<Head> {
  const handle = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(length);
    let end = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, end, length - end);
      end += bytesRead;
      if (bytesRead === 0) return { bytes: buffer.subarray(0, end), isWhole: true };
      if (end === length) return { bytes: buffer, isWhole: false };
    }
  } finally {
    await handle.close();
  }
}

const signatureBytes = 64;

/** Files that are something else than text, and files without a byte. */
export async function foreignProblems(files: FoundFile[]): Promise<Problem[]> {
  const results = await mapLimited(files, async ({ path, shown }): Promise<Problem[]> => {
    const foreign = foreignFormat((await readHead(path, signatureBytes)).bytes);
    if (!foreign) return [];
    const message = `${shown} is ${foreign.what}`;
    return [{ severity: "error", rule: "format", message, hint: foreign.cure, where: { file: shown } }];
  });
  return results.flat();
}

export function emptyProblems(files: FoundFile[], hint: string): Problem[] {
  return files
    .filter(({ size }) => size === 0)
    .map(({ shown }) => ({
      severity: "error",
      rule: "format",
      message: `${shown} is empty`,
      hint,
      where: { file: shown },
    }));
}

interface PrepareText {
  files: FoundFile[];
  keys: FormatKeys;
  /** Whether the engine reads a byte order mark over. */
  allowsMark: boolean;
  request: ReadRequest;
}

/** Files in UTF-8, under names without a pattern's signs: as they are, or as copies in the work folder. */
export async function prepareText({ files, keys, allowsMark, request }: PrepareText): Promise<FoundFile[]> {
  const encoding = keys.encoding === undefined ? "utf-8" : encodingName(keys.encoding);
  const results = await mapLimited(files, async (file) => {
    try {
      return { file: await prepareFile({ file, encoding, allowsMark, request }) };
    } catch (error) {
      if (error instanceof EtlError) return { problems: error.problems };
      throw error;
    }
  });
  throwAll(results.flatMap(({ problems }) => problems ?? []));
  return results.flatMap(({ file }) => file ?? []);
}

interface PrepareFile {
  file: FoundFile;
  encoding: string;
  allowsMark: boolean;
  request: ReadRequest;
}

async function prepareFile({ file, encoding, allowsMark, request }: PrepareFile): Promise<FoundFile> {
  const { path, shown } = file;
  if (encoding === "utf-8" && (allowsMark || !(await hasMark(path)))) return linkPlainName(file, request);
  return {
    ...file,
    path: await convert({ kind: "text", from: path, encoding, shown, isCut: isCut(file, request) }, request),
  };
}

/** The engine takes `*`, `?` and `[` in a name for a pattern, and has no way to say that they are not. */
export async function linkPlainName(file: FoundFile, request: ReadRequest): Promise<FoundFile> {
  if (!/[*?[\]{}]/.test(file.path)) return file;
  return { ...file, path: await convert({ kind: "link", from: file.path }, request) };
}

async function hasMark(path: string): Promise<boolean> {
  const { bytes } = await readHead(path, 3);
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The first text of a file, if it is text. */
export function headText(
  { bytes, isWhole }: Head,
  { shown, mojibake }: { shown: string; mojibake: boolean },
): { text: string } | { problem: Problem } {
  const text = bytes.subarray(0, isWhole ? bytes.length : safeCut(bytes));
  const fault = findEncodingFault(text, { mojibake });
  if (!fault) return { text: text.toString("utf8") };
  const line = text.subarray(0, fault.at).filter((byte) => byte === 0x0a).length + 1;
  return { problem: encodingProblem({ fault, bytes, shown, line }) };
}
