/**
 * Reads tar as builders write it: ustar, with the longer names of pax and GNU.
 * Source: https://www.gnu.org/software/tar/manual/html_node/Standard.html and POSIX.1-2001, pax
 */

export interface TarEntry {
  path: string;
  kind: "file" | "hardlink" | "symlink" | "other";
  /** What a link points to. */
  target: string;
  /** Bytes. */
  size: number;
  /** Where its bytes begin in the archive. */
  offset: number;
  /** Its bytes, where they are asked for before the next entry is. */
  read(): Promise<Buffer>;
}

const block = 512;

/** @throws where the archive ends too early, or is none */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = createReader(source);
  let long: Longer = {};
  for (;;) {
    const header = await bytes.take(block);
    // Two empty blocks end an archive; not every writer adds them.
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const { type, size, ...head } = readHeader(header);
    const length = long.size ?? size;
    const padding = (block - (length % block)) % block;
    const extension = extensionOf(type);
    if (extension) {
      long = { ...long, ...extension(await needed(bytes, length)) };
      await bytes.skip(padding);
      continue;
    }
    const path = (long.path ?? head.path).replace(/^(\.?\/)+/, "").replace(/\/$/, "");
    const [offset, end] = [bytes.position, bytes.position + length + padding];
    const read = () => needed(bytes, length);
    yield { path, kind: kinds[type] ?? "other", target: long.target ?? head.target, size: length, offset, read };
    await bytes.skip(end - bytes.position);
    long = {};
  }
}

const kinds: Readonly<Record<string, TarEntry["kind"]>> = {
  "0": "file",
  "\0": "file",
  "1": "hardlink",
  "2": "symlink",
};

/** What an entry of its own says of the next one. */
interface Longer {
  path?: string;
  target?: string;
  size?: number;
}

function extensionOf(type: string): ((content: Buffer) => Longer) | undefined {
  if (type === "x") return readPax;
  if (type === "L") return (content) => ({ path: textOf(content) });
  if (type === "K") return (content) => ({ target: textOf(content) });
  // Of what holds for all entries nothing is asked for here.
  return type === "g" ? () => ({}) : undefined;
}

/** `28 path=some/long/name\n`, with the bytes of the whole line first. */
function readPax(content: Buffer): Longer {
  const found: Longer = {};
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) break;
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(content.toString("utf8", at, at + length)) ?? [];
    if (key === "path") found.path = value!;
    if (key === "linkpath") found.target = value!;
    if (key === "size") found.size = Number(value);
    at += length;
  }
  return found;
}

function readHeader(header: Buffer) {
  const isUstar = header.toString("latin1", 257, 262) === "ustar";
  const prefix = isUstar && header[263] !== 0x20 ? textOf(header.subarray(345, 500)) : "";
  const name = textOf(header.subarray(0, 100));
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    size: numberOf(header.subarray(124, 136)),
    type: String.fromCharCode(header[156]!),
    target: textOf(header.subarray(157, 257)),
  };
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

/** Octal, or what GNU does with more than 8 GiB: the bytes of the number itself. */
function numberOf(field: Buffer): number {
  if ((field[0]! & 0x80) !== 0) return Number(field.readBigUInt64BE(4));
  const number = Number.parseInt(textOf(field).trim() || "0", 8);
  if (Number.isNaN(number)) throw new Error("this is no tar archive");
  return number;
}

interface Reader {
  readonly position: number;
  /** Undefined at the end. */
  take(bytes: number): Promise<Buffer | undefined>;
  skip(bytes: number): Promise<void>;
}

async function needed(reader: Reader, bytes: number): Promise<Buffer> {
  const taken = bytes === 0 ? Buffer.alloc(0) : await reader.take(bytes);
  if (taken === undefined) throw new Error("the archive ends too early");
  return taken;
}

function createReader(source: AsyncIterable<Uint8Array>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let position = 0;
  /** Hands on up to so many bytes as they came; none at the end. */
  const next = async (most: number): Promise<Uint8Array | undefined> => {
    while (rest.length === 0) {
      const { value, done } = await chunks.next();
      if (done) return undefined;
      rest = value;
    }
    const part = rest.subarray(0, most);
    rest = rest.subarray(part.length);
    position += part.length;
    return part;
  };
  return {
    get position() {
      return position;
    },
    async take(bytes) {
      const parts: Uint8Array[] = [];
      for (let missing = bytes; missing > 0;) {
        const part = await next(missing);
        if (part === undefined) return undefined;
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(bytes) {
      for (let missing = bytes; missing > 0;) {
        const part = await next(missing);
        if (part === undefined) throw new Error("the archive ends too early");
        missing -= part.length;
      }
    },
  };
}
