/** Tar archives for tests, as builders write them. */

export type TarContent = Record<string, string | Uint8Array | { link: string } | { symlink: string }>;

/** @param content by path; a long one gets a header of pax */
export function makeTar(content: TarContent): Buffer {
  const entries = Object.entries(content).flatMap(([path, value]) => {
    if (typeof value === "string" || value instanceof Uint8Array) return entry(path, "0", Buffer.from(value));
    return "link" in value
      ? entry(path, "1", Buffer.alloc(0), value.link)
      : entry(path, "2", Buffer.alloc(0), value.symlink);
  });
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

function entry(path: string, type: string, bytes: Buffer, target = ""): Buffer[] {
  const long = [...longer("path", path), ...longer("linkpath", target)];
  const before = long.length > 0 ? entry("PaxHeaders/0", "x", Buffer.concat(long)) : [];
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return [
    ...before,
    header({ path: path.slice(0, 100), type, size: bytes.length, target: target.slice(0, 100) }),
    bytes,
    padding,
  ];
}

/** What does not fit into a header. */
function longer(key: string, value: string): Buffer[] {
  return value.length > 100 ? [paxLine(key, value)] : [];
}

function paxLine(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length !== Buffer.byteLength(`${length}${rest}`)) length = Buffer.byteLength(`${length}${rest}`);
  return Buffer.from(`${length}${rest}`);
}

function header({ path, type, size, target }: { path: string; type: string; size: number; target: string }): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, "utf8");
  block.write("0000644\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
