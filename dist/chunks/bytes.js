// src/util/bytes.ts
/** Amounts of bytes as people write them: powers of ten. */
const units = [
	"B",
	"kB",
	"MB",
	"GB",
	"TB"
];
/** `1.2 GB`; three digits at most. */
function formatBytes(bytes) {
	const power = bytes < 1e3 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
	const amount = bytes / 1e3 ** power;
	return `${power === 0 || amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${units[power]}`;
}
/** Bytes of `5 GB`, `500MB`; undefined for what is no size. */
function parseBytes(text) {
	const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s?([kKMGT]?B)$/.exec(text) ?? [];
	if (amount === void 0) return void 0;
	return Math.floor(Number(amount) * 1e3 ** units.findIndex((one) => one.toLowerCase() === unit.toLowerCase()));
}
export { parseBytes as n, formatBytes as t };
