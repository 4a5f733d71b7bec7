/**
 * Regular expressions of the engines are RE2's. What it has and JavaScript has not is put aside before JavaScript is asked;
 * what it has not is refused. Source: https://github.com/google/re2/wiki/Syntax
 */

/** What is wrong with a pattern, as the end of a sentence, or undefined. */
export function re2Problem(pattern: string): string | undefined {
  const plain = pattern.replaceAll("\\\\", "-").replaceAll(characterClass, "a");
  if (/\(\?(?:=|!|<=|<!)/.test(plain)) return " of RE2: it knows no look-around";
  if (/\\[1-9]|\\k</.test(plain)) return " of RE2: it knows no back references";
  try {
    new RegExp(inJavaScript(pattern));
    return undefined;
  } catch {
    return "";
  }
}

const characterClass = /\[(?:\[:\^?\w+:\]|\\.|[^\]\\])+\]/g;

/** Flags in the pattern, names of groups as Python writes them, and classes of POSIX. */
function inJavaScript(pattern: string): string {
  return pattern
    .replaceAll(/\(\?[imsU]*(?:-[imsU]+)?\)/g, "")
    .replaceAll(/\(\?[imsU]+(?:-[imsU]+)?:/g, "(?:")
    .replaceAll("(?P<", "(?<")
    .replaceAll(/\[:\^?\w+:\]/g, "a");
}
