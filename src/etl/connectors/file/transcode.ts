/** Text in another encoding than UTF-8, written again as UTF-8 in the work folder. */
import { isAscii, isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { EtlError } from "../../../util/error.ts";
import { wholeCharacters } from "./encoding.ts";
import { firstPartBytes } from "./scan-text.ts";

const common = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be", "macintosh"];

/**
 * The name that the standard gives to a declared encoding: iso-8859-1 and latin1 are windows-1252 there.
 * Source: https://encoding.spec.whatwg.org/#names-and-labels
 * @throws {EtlError} for a name that no decoder has
 */
export function encodingName(declared: string): string {
  try {
    return new TextDecoder(declared).encoding;
  } catch (cause) {
    throw new EtlError({
      code: "invalid",
      part: "file",
      message: `\`encoding: ${declared}\` is not known`,
      hint: `Common ones: ${common.join(", ")}.\nOthers: see https://encoding.spec.whatwg.org/#names-and-labels`,
      cause,
    });
  }
}

interface Transcode {
  from: string;
  to: string;
  encoding: string;
  shown: string;
  /** Whether only the file's first part is asked for. */
  isCut: boolean;
  signal: AbortSignal;
}

/**
 * Lines stay lines, so that a place in the copy is one in the original.
 * @throws {EtlError} for bytes the encoding does not have, and for a file that is UTF-8 after all
 */
export async function transcode({ from, to, encoding, shown, isCut, signal }: Transcode): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const utf8 = createUtf8Test();
  const target = await open(to, "w");
  let line = 1;
  try {
    const part = isCut ? { end: firstPartBytes - 1 } : {};
    const chunks = createReadStream(from, { highWaterMark: 1 << 20, signal, ...part }) as AsyncIterable<Buffer>;
    for await (const chunk of chunks) {
      const text = decodeChunk(decoder, chunk, { encoding, shown, line });
      utf8.see(chunk);
      line += newlines(text);
      await target.writeFile(text);
    }
    if (!isCut) await target.writeFile(decodeChunk(decoder, new Uint8Array(), { encoding, shown, line }, true));
  } finally {
    await target.close();
  }
  if (utf8.holds(isCut) && !encoding.startsWith("utf")) throw isUtf8AfterAll(encoding, shown);
}

function decodeChunk(
  decoder: TextDecoder,
  chunk: Uint8Array,
  place: { encoding: string; shown: string; line: number },
  last = false,
): string {
  try {
    return decoder.decode(chunk, { stream: !last });
  } catch (cause) {
    const { encoding, shown, line } = place;
    throw new EtlError({
      code: "invalid",
      part: "file",
      message: `${shown} is not ${encoding}: at or after line ${line} stand bytes that it does not have`,
      hint: "Say the `encoding:` it is in, or save it as UTF-8.",
      where: { file: shown, line },
      cause,
    });
  }
}

/** Whether the bytes seen so far are UTF-8 with letters beyond ASCII: no other encoding's text is, but by design. */
function createUtf8Test() {
  let valid = true;
  let beyondAscii = false;
  let rest: Uint8Array = new Uint8Array();
  return {
    see(chunk: Uint8Array) {
      if (!valid) return;
      const bytes = Buffer.concat([rest, chunk]);
      const end = wholeCharacters(bytes);
      rest = bytes.subarray(end);
      valid = isUtf8(bytes.subarray(0, end));
      beyondAscii ||= !isAscii(bytes);
    },
    /** The last character of a cut file may be in two. */
    holds: (isPart: boolean) => valid && beyondAscii && (isPart || rest.length === 0),
  };
}

function isUtf8AfterAll(encoding: string, shown: string): EtlError {
  return new EtlError({
    code: "invalid",
    part: "file",
    message: `${shown} is declared as ${encoding}, but it is UTF-8`,
    hint: "Remove `encoding:`; read as it is declared, å would become Ã¥.",
    where: { file: shown },
  });
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
