/** Amounts of bytes as people write them: powers of ten. */

const units = ["B", "kB", "MB", "GB", "TB"];

/** `1.2 GB`; three digits at most. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 || amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${units[power]}`;
}

/** Bytes of `5 GB`, `500MB`; undefined for what is no size. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s?([kKMGT]?B)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Math.floor(Number(amount) * 1000 ** units.findIndex((one) => one.toLowerCase() === unit.toLowerCase()));
}
