/**
 * How long a server asks to wait: seconds, or a date.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @returns milliseconds; undefined where it says nothing that can be understood
 */
export function retryAfter(text: string | null, now: Date): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  // A date of HTTP has names of a day and a month; what else Date.parse takes is none.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
