/** The Google service account that the platform makes for a workload: what a data owner gives access to. */
import { crc32 } from "node:zlib";

/** The part before the @. The project after it is the cluster's own, which only the cluster knows. */
export function serviceAccountName({ name, namespace }: { name: string; namespace: string }): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(`${name}-${namespace}`));
  return `${name.slice(0, 11)}-${namespace.slice(0, 10)}-${base32(checksum)}`;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 in small letters, without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}
