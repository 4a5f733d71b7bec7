/** The platform's templates (Handlebars 3 as in aymerick/raymond 2, MIT) as a tree. */
import { parseTag } from "./expression.ts";
import { controlWhitespace } from "./whitespace.ts";
import {
  TemplateSyntaxError,
  type Block,
  type Expression,
  type Program,
  type Statement,
  type Strip,
} from "./syntax.ts";

/** @throws {TemplateSyntaxError} with the offset of what is wrong */
export function parseTemplate(text: string): Program {
  const parser = new Parser(text);
  const program = parser.parseProgram();
  parser.expectEnd();
  controlWhitespace(program);
  return program;
}

/** A tag that opens, divides or closes a block. */
interface Divider {
  kind: "open" | "inverse-open" | "else" | "else-chain" | "close";
  start: number;
  /** Where the expression begins. */
  inside: number;
}

const dividers: [Divider["kind"], RegExp][] = [
  ["open", /\{\{~?#/y],
  ["close", /\{\{~?\//y],
  ["else", /\{\{~?(?:\^\s*|\s*else\s*)~?\}\}/y],
  ["inverse-open", /\{\{~?\^/y],
  ["else-chain", /\{\{~?\s*else/y],
];
const comment = /\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?!(?!--)[\s\S]*?\}\}/y;
/** Three braces always close a `{{{`: `{ a: {{b}}}` is refused. */
const closePlain = /(?!\}~?\}\})~?\}\}/y;
const closeTriple = /\}~?\}\}(?!\})/y;
const refused: [RegExp, string][] = [
  [/\{\{\{\{/y, "raw blocks are not known to the platform"],
  [/\{\{~?>/y, "there are no partials on the platform"],
  [/\{\{~?!/y, "a comment is not closed"],
];

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expectEnd(): void {
    if (this.#at < this.#text.length)
      throw new TemplateSyntaxError("this closes or divides a block that is not open", this.#at);
  }

  parseProgram(parameters: string[] = []): Program {
    const body: Statement[] = [];
    while (this.#at < this.#text.length) {
      this.#readContent(body);
      const divider = this.#divider();
      if (divider && divider.kind !== "open" && divider.kind !== "inverse-open") break;
      if (divider) body.push(this.#parseBlock(divider));
      else if (this.#at < this.#text.length) body.push(this.#parseInline());
    }
    return { body, parameters };
  }

  /** Text up to the next tag. `\{{` is text, `\\{{` a backslash and a tag. */
  #readContent(body: Statement[]): void {
    const text = this.#text;
    let start = this.#at;
    const flush = (end: number) => {
      if (end > start) body.push({ kind: "content", value: text.slice(start, end), start });
    };
    while (this.#at < text.length) {
      if (text.startsWith("\\\\{{", this.#at)) {
        flush(this.#at + 1);
        this.#at += 2;
        start = this.#at;
      } else if (text.startsWith("\\{{", this.#at)) {
        flush(this.#at);
        start = ++this.#at;
        while (text[this.#at] === "{") this.#at++;
      } else if (text.startsWith("{{", this.#at)) break;
      else this.#at++;
    }
    flush(this.#at);
  }

  #divider(): Divider | undefined {
    if (this.#match(/\{\{~?\{/y) !== undefined) return undefined;
    for (const [kind, pattern] of dividers) {
      const found = this.#match(pattern);
      if (found !== undefined) return { kind, start: this.#at, inside: this.#at + found.length };
    }
    return undefined;
  }

  #parseInline(): Statement {
    const start = this.#at;
    const found = this.#match(comment);
    if (found !== undefined) {
      this.#at += found.length;
      return { kind: "comment", strip: stripOf(found) };
    }
    for (const [pattern, message] of refused)
      if (this.#match(pattern) !== undefined) throw new TemplateSyntaxError(message, start);
    const triple = this.#match(/\{\{~?\{/y);
    const open = triple ?? this.#match(/\{\{~?&?/y)!;
    const { expression, parameters } = this.#readTag(start + open.length, triple ? closeTriple : closePlain);
    if (parameters.length > 0) throw new TemplateSyntaxError("`as |…|` belongs to a block", start);
    const text = this.#text.slice(start, this.#at);
    return {
      kind: "mustache",
      start,
      text,
      expression,
      escape: triple === undefined && !open.endsWith("&"),
      strip: stripOf(text),
    };
  }

  #readTag(inside: number, close: RegExp): { expression: Expression; parameters: string[] } {
    const { end, ...tag } = parseTag(this.#text, inside);
    this.#at = end;
    const found = this.#match(close);
    if (found === undefined)
      throw new TemplateSyntaxError(
        "the tag is closed with another number of braces: put a space between two tags' braces",
        end,
      );
    this.#at += found.length;
    return tag;
  }

  #readBlockTag({ start, inside }: Divider): { expression: Expression; parameters: string[]; strip: Strip } {
    const tag = this.#readTag(inside, closePlain);
    return { ...tag, strip: stripOf(this.#text.slice(start, this.#at)) };
  }

  #parseBlock(open: Divider): Block {
    const { expression, parameters, strip } = this.#readBlockTag(open);
    const first = this.parseProgram(parameters);
    const block = emptyBlock({ start: open.start, expression, openStrip: strip });
    if (open.kind === "open") {
      block.program = first;
      block.inverse = this.#parseInverse();
    } else {
      block.inverse = first;
      if (this.#divider()?.kind === "else") block.program = this.#parseElse(this.#divider()!);
    }
    this.#close(block);
    settleInverse(block);
    return block;
  }

  #parseInverse(): Program | undefined {
    const divider = this.#divider();
    if (divider?.kind === "else") return this.#parseElse(divider);
    if (divider?.kind !== "else-chain") return undefined;
    const { expression, parameters, strip } = this.#readBlockTag(divider);
    const block = emptyBlock({ start: divider.start, expression, openStrip: strip });
    block.program = this.parseProgram(parameters);
    block.inverse = this.#parseInverse();
    settleInverse(block);
    return { body: [block], parameters: [], chained: true };
  }

  #parseElse({ start, inside }: Divider): Program {
    this.#at = inside;
    return { ...this.parseProgram(), strip: stripOf(this.#text.slice(start, inside)) };
  }

  #close(block: Block): void {
    const divider = this.#divider();
    const name = nameOf(block.expression);
    if (divider?.kind !== "close")
      throw new TemplateSyntaxError(`the block \`{{#${name}}}\` is not closed`, block.start);
    const { expression, strip } = this.#readBlockTag(divider);
    const other = nameOf(expression);
    if (other !== name) throw new TemplateSyntaxError(`\`{{/${other}}}\` closes \`{{#${name}}}\``, divider.start);
    block.closeStrip = strip;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }
}

function emptyBlock(parts: Pick<Block, "start" | "expression" | "openStrip">): Block {
  return {
    kind: "block",
    ...parts,
    program: undefined,
    inverse: undefined,
    inverseStrip: undefined,
    closeStrip: undefined,
  };
}

function settleInverse(block: Block): void {
  const first = block.inverse?.body[0];
  if (block.inverse?.chained && first?.kind === "block") first.closeStrip = block.closeStrip;
  block.inverseStrip = block.inverse?.strip;
}

function nameOf({ head }: Expression): string {
  return head.kind === "call" ? "(…)" : head.text;
}

/** `{{~ … ~}}`. */
function stripOf(tag: string): Strip {
  return { open: tag[2] === "~", close: tag.at(-3) === "~" };
}
