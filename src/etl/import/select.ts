/** The names of the columns that a SELECT gives, where it says them. */

/** Empty where it has a star, or cannot be told. */
export function selectedColumns(sql: string): string[] {
  const [, list = ""] = /^\s*SELECT\s+(?:DISTINCT\s+)?([^]*?)\sFROM\s/i.exec(withoutComments(sql)) ?? [];
  const names = splitTop(list).map(nameOf);
  return names.every((name) => name !== undefined) ? names : [];
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*|#[^\n]*|\/\*[^]*?\*\//g, " ");
}

/** At commas that stand in no brackets. */
function splitTop(list: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < list.length; i++) {
    const character = list[i]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) {
      parts.push(list.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, list.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}

function nameOf(item: string): string | undefined {
  return /(?:^|\bAS\s+|\.|\s)`?([\p{L}_][\p{L}\p{N}_]*)`?$/iu.exec(item)?.[1];
}
