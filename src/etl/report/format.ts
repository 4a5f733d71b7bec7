/** Amounts and times as a report writes them. */
import { count, formatNumber } from "../../util/error.ts";

/** `0.09 s`, `4.1 s`, `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-11-21 18:44 UTC`. */
export function formatTime(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}

/** `12.5 %`. Less than a tenth of a per cent is not said to be none, and not quite all not all. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "0 %";
  const percent = (100 * part) / whole;
  if (percent < 0.1) return "< 0.1 %";
  if (percent > 99.9 && part < whole) return "> 99.9 %";
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

export function formatRows(rows: number | undefined): string {
  return rows === undefined ? "–" : formatNumber(rows);
}

export { count, formatNumber };
