/**
 * Fills in a template as the platform's deploy client does, and remembers which part of the text came from where.
 *
 * As there: `{{x}}` escapes & ' < > ", `{{{x}}}` does not; a name that the current context lacks is looked for in the
 * ones around it; `0`, empty texts, lists and maps are false, the text "false" is true. Unlike there, a variable that
 * nobody defines is a finding: the client would leave the place empty.
 */
import { isPlainObject } from "../../../spec/value.ts";
import {
  enter,
  evaluate,
  evaluateValue,
  helperName,
  isTrue,
  rootScope,
  textOf,
  type Helper,
  type Scope,
  type Variables,
} from "./evaluate.ts";
import { parseTemplate } from "./parse.ts";
import { TemplateSyntaxError, type Block, type Mustache, type Program } from "./syntax.ts";

/** A place that renders empty. */
export interface EmptyPlace {
  /** The tag as it is written. */
  tag: string;
  name: string;
  /** Whether a variable of that name is given, and is empty. */
  isGiven: boolean;
  /** In the template's text. */
  offset: number;
}

export interface RenderedTemplate {
  text: string;
  empty: EmptyPlace[];
  /** From an offset in the rendered text to one in the template's. */
  origin: (offset: number) => number;
}

/** A stretch of rendered text. Values all come from where their tag begins, text from where it stands. */
interface Piece {
  text: string;
  start: number;
  isValue: boolean;
}

/** @throws {TemplateSyntaxError} where the client would refuse the file */
export function renderTemplate(text: string, variables: Variables): RenderedTemplate {
  const renderer = new Renderer();
  renderer.program(parseTemplate(text), rootScope(variables));
  const { pieces, empty } = renderer;
  return { text: pieces.map((piece) => piece.text).join(""), empty, origin: originOf(pieces) };
}

function originOf(pieces: readonly Piece[]): (offset: number) => number {
  let end = 0;
  const ends = pieces.map((piece) => (end += piece.text.length));
  return (offset) => {
    const found = ends.findIndex((pieceEnd) => offset < pieceEnd);
    const i = found < 0 ? pieces.length - 1 : found;
    const piece = pieces[i];
    if (!piece) return 0;
    return piece.isValue ? piece.start : piece.start + offset - (ends[i - 1] ?? 0);
  };
}

class Renderer {
  readonly pieces: Piece[] = [];
  readonly empty: EmptyPlace[] = [];

  program({ body }: Program, scope: Scope): void {
    for (const statement of body) {
      if (statement.kind === "content")
        this.pieces.push({ text: statement.value, start: statement.start, isValue: false });
      else if (statement.kind === "mustache") this.#mustache(statement, scope);
      else if (statement.kind === "block") this.#block(statement, scope);
    }
  }

  #mustache({ text: tag, expression, escape, start }: Mustache, scope: Scope): void {
    const value = evaluate(expression, scope);
    if (holdsMap(value)) throw new TemplateSyntaxError(`\`${tag}\` is a map, not a text`, start);
    const text = textOf(value);
    const name = expression.head.kind === "path" ? expression.head.text : tag;
    if (text === "") this.empty.push({ tag, name, isGiven: value !== undefined && value !== null, offset: start });
    this.pieces.push({ text: escape ? escapeHtml(text) : text, start, isValue: true });
  }

  #block(block: Block, scope: Scope): void {
    const helper = helperName(block.expression);
    if (helper) return this.#helper({ block, helper, scope });
    const value = evaluate(block.expression, scope);
    if (!isTrue(value)) this.#run(block.inverse, scope);
    else if (Array.isArray(value)) this.#each(block, [...value.entries()], scope);
    else this.#inside(block, value, scope);
  }

  #helper({ block, helper, scope }: { block: Block; helper: Helper; scope: Scope }): void {
    const [first, second] = argumentsOf(block, helper).map((value) => evaluateValue(value, scope));
    const isMet = isTrue(first);
    if (helper === "if") this.#run(isMet ? block.program : block.inverse, scope);
    else if (helper === "unless") this.#run(isMet ? block.inverse : block.program, scope);
    else if (helper === "equal") this.#run(textOf(first) === textOf(second) ? block.program : undefined, scope);
    else if (!isMet) this.#run(block.inverse, scope);
    else if (helper === "with") this.#inside(block, first, scope);
    else if (Array.isArray(first)) this.#each(block, [...first.entries()], scope);
    else if (isPlainObject(first)) this.#each(block, Object.entries(first), scope);
  }

  #run(program: Program | undefined, scope: Scope): void {
    if (program) this.program(program, scope);
  }

  #inside({ program }: Block, value: unknown, scope: Scope): void {
    if (program) this.program(program, enter({ scope, value, names: program.parameters }));
  }

  #each({ program }: Block, entries: [string | number, unknown][], scope: Scope): void {
    if (!program) return;
    for (const [index, [key, value]] of entries.entries()) {
      const item = { value, key, index, count: entries.length };
      this.program(program, enter({ scope, value, names: program.parameters, item }));
    }
  }
}

function holdsMap(value: unknown): boolean {
  return isPlainObject(value) || (Array.isArray(value) && value.some(holdsMap));
}

const arities: Partial<Record<Helper, number>> = { if: 1, unless: 1, with: 1, each: 1, equal: 2 };

function argumentsOf({ expression, start }: Block, helper: Helper) {
  const wanted = arities[helper];
  if (wanted === undefined) throw new TemplateSyntaxError(`\`${helper}\` does not open a block`, start);
  if (expression.values.length === wanted) return expression.values;
  throw new TemplateSyntaxError(`\`{{#${helper}}}\` takes ${wanted === 1 ? "one value" : "two values"}`, start);
}

const entities: Record<string, string> = { "&": "&amp;", "'": "&apos;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Exactly the five signs that the platform's client escapes; Handlebars in JavaScript takes two more. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&'<>"]/g, (sign) => entities[sign]!);
}
