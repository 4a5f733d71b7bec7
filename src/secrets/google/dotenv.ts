/**
 * Lines of KEY=value, as python-dotenv reads them: quotes, `export`, comments. A `#` begins a comment only behind a
 * space, so that a password may hold one.
 */
/** A value in quotes may have several lines. */
const entry =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:'((?:\\'|[^'])*)'[ \t]*(?:#.*)?$|"((?:\\[\s\S]|[^"\\])*)"[ \t]*(?:#.*)?$|(.*)$)/my;
const nothing = /^[ \t]*(?:#.*)?$/my;

export function parseDotenv(payload: string): { values: Map<string, string> } | { problem: string } {
  const text = payload.replaceAll("\r\n", "\n");
  const values = new Map<string, string>();
  let offset = 0;
  while (offset < text.length) {
    const match = matchAt(nothing, text, offset) ?? matchAt(entry, text, offset);
    if (!match) return { problem: `is not dotenv: line ${lineOf(text, offset)} is not KEY=value` };
    const [whole, key, single, double, plain] = match;
    if (plain !== undefined && /^["']/.test(plain))
      return { problem: `is not dotenv: the quotes that line ${lineOf(text, offset)} opens are not closed` };
    if (key !== undefined) values.set(key, valueOf({ single, double, plain }));
    offset += whole.length + 1;
  }
  return { values };
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

function valueOf({ single, double, plain = "" }: Record<"single" | "double" | "plain", string | undefined>): string {
  if (single !== undefined) return single.replaceAll("\\'", "'");
  if (double !== undefined) return double.replaceAll(/\\([\s\S])/g, (_, sign: string) => escapes[sign] ?? sign);
  return plain.replace(/[ \t]+#.*$/, "").trim();
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
