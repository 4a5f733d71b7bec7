/** Messages of JavaScript itself that may be shown where no value of the data may: what they quote stands in the program. */

const names = String.raw`[\p{L}_$][\p{L}\p{N}_$.()[\]]*`;

const known = [
  String.raw`Cannot (?:read|set) properties of (?:null|undefined) \((?:reading|setting) '(${names})'\)`,
  String.raw`(${names}) is not (?:a function|defined|iterable|a constructor)(?: or its return value is not iterable)?`,
  "Cannot mix BigInt and other types, use explicit conversions",
  "Maximum call stack size exceeded",
  "Assignment to constant variable\\.",
  "Invalid array length",
  "Invalid time value",
  "Reduce of empty array with no initial value",
  String.raw`Cannot access '(${names})' before initialization`,
].map((pattern) => new RegExp(`^(?:${pattern})$`, "u"));

/** Undefined where the message may hold a value. */
export function safeMessage(message: string, program: string): string | undefined {
  for (const pattern of known) {
    const match = pattern.exec(message);
    if (match && match.slice(1).every((quoted) => quoted === undefined || program.includes(quoted))) return message;
  }
  return undefined;
}
