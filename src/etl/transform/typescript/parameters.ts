/** The parameters of a function, from its text: their types have been taken out by then. */

export interface FunctionParameter {
  /** Undefined where the parameter is taken apart: `{ params }`. */
  name: string | undefined;
  text: string;
}

export function parametersOf(source: string): FunctionParameter[] {
  const text = withoutComments(source);
  const single = /^\s*(?:async\s+)?([\p{L}_$][\p{L}\p{N}_$]*)\s*=>/u.exec(text)?.[1];
  if (single !== undefined) return [{ name: single, text: single }];
  const open = text.indexOf("(");
  if (open < 0) return [];
  return splitList(text.slice(open + 1)).map((part) => ({
    name: /^\s*([\p{L}_$][\p{L}\p{N}_$]*)/u.exec(part)?.[1],
    text: part.trim().replaceAll(/\s+/g, " "),
  }));
}

const opening = "([{";
const closing = ")]}";

/** What stands between commas, up to the bracket that closes the list. */
function splitList(text: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"' || character === "'" || character === "`") i = endOfString(text, i);
    else if (opening.includes(character)) depth++;
    else if (closing.includes(character) && depth-- === 0) {
      parts.push(text.slice(start, i));
      break;
    } else if (character === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return parts.filter((part) => part.trim() !== "");
}

function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === text[from]) return i;
  }
  return text.length;
}

/** Comments become spaces; strings stay as they are. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
    found.startsWith("/") ? " " : found,
  );
}
