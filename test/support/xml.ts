/** A strict reader of XML 1.0, as far as reports need it: elements, attributes and text. Refuses what a parser must refuse. */

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Source: https://www.w3.org/TR/xml/#charsets */
const isCharacter = (code: number) =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code < 0xd800) ||
  (code > 0xdfff && code < 0xfffe) ||
  code > 0xffff;

export function parseXml(text: string): Element {
  for (const character of text)
    if (!isCharacter(character.codePointAt(0)!)) throw new Error(`not a character of XML: ${character.codePointAt(0)}`);
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  if (body === text) throw new Error("no declaration");
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const tokens = /<\/([\w-]+)>|<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (tokens.lastIndex < body.length) {
    const at = tokens.lastIndex;
    const match = tokens.exec(body);
    if (!match) throw new Error(`cannot be read: ${body.slice(at, at + 80)}`);
    const [, end, name, attributes = "", empty, words] = match;
    const top = open.at(-1)!;
    if (words !== undefined) top.text += decode(words);
    else if (end !== undefined) {
      if (open.pop()!.name !== end) throw new Error(`</${end}> ends <${top.name}>`);
    } else {
      const element = { name: name!, attributes: readAttributes(attributes), children: [], text: "" };
      top.children.push(element);
      if (empty === "") open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1 || root.text.trim() !== "") throw new Error("not one element");
  return root.children[0]!;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => {
    // A parser makes spaces of line breaks and tabs.
    return [name!, decode(value!.replaceAll(/[\t\n\r]/g, " "))] as const;
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error("an attribute comes twice");
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (reference, name: string) => {
    const code = /^#(\d+)$/.exec(name)?.[1];
    const character = code === undefined ? entities[name] : String.fromCodePoint(Number(code));
    if (character === undefined || !reference.endsWith(";")) throw new Error(`no such entity: ${reference}`);
    return character;
  });
}
