/** CRC-32C (Castagnoli), with which Secret Manager lets one check that a payload has arrived as it was kept. */

/** The polynomial 0x1EDC6F41, its bits in reverse. Source: RFC 3720, appendix B.4 */
const polynomial = 0x82f63b78;

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
