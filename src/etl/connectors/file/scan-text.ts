/** Reads a text file once, from its first byte to its last, in bounded memory: its encoding is tested, and its records are told of. */
import { open } from "node:fs/promises";
import type { ReadRequest } from "../connector.ts";
import type { FoundFile } from "./find.ts";
import { findEncodingFault, safeCut, type EncodingFault } from "./encoding.ts";
import { encodingProblem } from "./encoding-problem.ts";
import type { Findings } from "./findings.ts";
import { padding } from "./four-bytes.ts";

export interface RecordScanner {
  /**
   * Goes through whole records.
   * @param end where the bytes end; there is room behind them ({@link padding}), which may be overwritten
   * @param last whether the file ends there
   * @returns the index of the first record that is not whole, or `end`
   */
  scan(bytes: Buffer, start: number, end: number, last: boolean): number;
  /** Called for a record that is longer than any may be. */
  tooLong(): void;
  /** Whether the file is given up. */
  isDone(): boolean;
}

export interface TextFile extends Pick<FoundFile, "path" | "shown" | "size"> {
  /** Whether mojibake is refused. */
  mojibake: boolean;
  /** Whether only its first part is looked at: see {@link isCut}. */
  isCut: boolean;
}

interface ScanText {
  file: TextFile;
  /** Bytes to leave out at the beginning: a byte order mark, a header. */
  skip: number;
  scanner: RecordScanner;
  findings: Findings;
  signal: AbortSignal;
  longestRecord: number;
}

/** Small enough for the processor's caches, large enough for few calls. */
const chunkBytes = 1 << 20;
const smallestChunk = 1 << 10;

/** What is looked at where the first part is enough: as much as one chunk takes. */
export const firstPartBytes = chunkBytes;

/** Whether a file goes on behind the part that is looked at. */
export function isCut(
  { size }: Pick<FoundFile, "size">,
  { firstPart = false }: Pick<ReadRequest, "firstPart">,
): boolean {
  return firstPart && size > firstPartBytes;
}

export async function scanText({ file, skip, scanner, findings, signal, longestRecord }: ScanText): Promise<void> {
  const handle = await open(file.path);
  try {
    let buffer = Buffer.allocUnsafe(Math.min(chunkBytes, 2 * file.size + smallestChunk) + padding);
    let kept = 0;
    let tested = 0;
    let start = skip;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, kept, buffer.length - padding - kept);
      const last = bytesRead === 0;
      // Where a cut file's part ends, a record may be in two.
      if (last && file.isCut) return;
      const end = kept + bytesRead;
      const text = last ? end : tested + safeCut(buffer.subarray(tested, end));
      const fault = findEncodingFault(buffer.subarray(tested, text), file);
      if (fault) return await addEncodingFault({ file, fault, bytes: buffer.subarray(tested, end), findings });
      if (start >= text && !last) {
        start -= text;
        [kept, tested] = keep(buffer, text, end, text);
        continue;
      }
      // What follows the cut must survive the end mark that the scanner writes behind it.
      const cut = Buffer.from(buffer.subarray(text, end));
      const next = scanner.scan(buffer, Math.min(start, text), text, last);
      cut.copy(buffer, text);
      start = 0;
      if (last || scanner.isDone() || file.isCut) return;
      [kept, tested] = keep(buffer, next, end, text);
      if (kept > longestRecord) return scanner.tooLong();
      if (kept === buffer.length - padding) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    }
  } finally {
    await handle.close();
  }
}

/** Moves what is still needed to the front. @returns how much it is, and how much of it was tested */
function keep(buffer: Buffer, from: number, end: number, tested: number): [number, number] {
  buffer.copyWithin(0, from, end);
  return [end - from, tested - from];
}

interface AddEncodingFault {
  file: TextFile;
  fault: EncodingFault;
  bytes: Buffer;
  findings: Findings;
}

async function addEncodingFault({ file, fault, bytes, findings }: AddEncodingFault): Promise<void> {
  const line = await lineOfFault(file, fault);
  findings.add(() => encodingProblem({ fault, bytes, shown: file.shown, line }));
}

/** Reads the file once more: the lines before a fault are counted only where there is one. */
async function lineOfFault({ path, mojibake }: TextFile, { kind }: EncodingFault): Promise<number> {
  const handle = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let line = 1;
    for (let kept = 0; ;) {
      const { bytesRead } = await handle.read(buffer, kept, buffer.length - kept);
      const end = kept + bytesRead;
      const text = bytesRead === 0 ? end : safeCut(buffer.subarray(0, end));
      const fault = findEncodingFault(buffer.subarray(0, text), { mojibake });
      line += linesIn(buffer, fault ? fault.at : text);
      if (fault || bytesRead === 0 || kind === "utf-16") return line;
      [kept] = keep(buffer, text, end, text);
    }
  } finally {
    await handle.close();
  }
}

function linesIn(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1 && at < end; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}
