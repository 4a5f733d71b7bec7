/**
 * Norwegian national identity numbers: fødselsnummer, D-nummer (day + 40), and the synthetic numbers of test data,
 * which have 40 or 80 added to the month and are nobody's.
 * Source: https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/testdata
 */

const firstWeights = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const secondWeights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Eleven digits, also with the space that people put behind the date. */
const candidate = /(?<!\d)(\d{6}) ?(\d{5})(?!\d)/g;

/** Whether a text holds a number that may be a person's. */
export function holdsNationalId(text: string): boolean {
  return [...text.matchAll(candidate)].some(([, date = "", rest = ""]) => isPersons(date + rest));
}

/** Whether a number is one: INT64 columns lose the zero that such a number may begin with. */
export function isNationalId(number: bigint): boolean {
  const digits = number.toString();
  return /^\d{10,11}$/.test(digits) && isPersons(digits.padStart(11, "0"));
}

function isPersons(digits: string): boolean {
  return isDate(digits) && checkDigits(digits.slice(0, 9)) === digits.slice(9);
}

/** The day of a D-nummer is 41 to 71; a month above 12 is that of a synthetic number. */
function isDate(digits: string): boolean {
  const day = Number(digits.slice(0, 2));
  const month = Number(digits.slice(2, 4));
  const isDay = (day >= 1 && day <= 31) || (day >= 41 && day <= 71);
  return isDay && month >= 1 && month <= 12;
}

/** Undefined where there are none: such a number is never given out. */
function checkDigits(nine: string): string | undefined {
  const first = checkDigit(nine, firstWeights);
  const second = first === 10 ? 10 : checkDigit(`${nine}${first}`, secondWeights);
  return first === 10 || second === 10 ? undefined : `${first}${second}`;
}

function checkDigit(digits: string, weights: number[]): number {
  const sum = weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  return (11 - (sum % 11)) % 11;
}

/** A synthetic number, with right check digits, made of random bytes: for one that stood there. */
export function syntheticNationalId(random: Uint8Array): string {
  const [day = 0, month = 0, year = 0, high = 0, low = 0] = random;
  const date = [1 + (day % 28), 81 + (month % 12), year % 100].map((part) => String(part).padStart(2, "0")).join("");
  const start = (high * 256 + low) % 1000;
  for (let i = 0; ; i++) {
    const nine = date + String((start + i) % 1000).padStart(3, "0");
    const check = checkDigits(nine);
    if (check !== undefined) return nine + check;
  }
}
