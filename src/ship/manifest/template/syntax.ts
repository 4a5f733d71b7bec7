/** What a template consists of. Offsets count UTF-16 units from the beginning of the text. */

export type Statement = Content | Mustache | Block | Comment;

export interface Content {
  kind: "content";
  value: string;
  start: number;
  /** Whether whitespace was taken off the end, or the beginning, because of a tag alone on its line. */
  leftStripped?: boolean;
  rightStripped?: boolean;
}

export interface Mustache {
  kind: "mustache";
  start: number;
  /** The tag as it is written, for messages. */
  text: string;
  expression: Expression;
  escape: boolean;
  strip: Strip;
}

export interface Comment {
  kind: "comment";
  strip: Strip;
}

export interface Block {
  kind: "block";
  start: number;
  expression: Expression;
  program: Program | undefined;
  inverse: Program | undefined;
  openStrip: Strip;
  inverseStrip: Strip | undefined;
  closeStrip: Strip | undefined;
}

export interface Program {
  body: Statement[];
  /** Names after `as |…|`. */
  parameters: string[];
  /** Of the `{{else}}` before it. */
  strip?: Strip;
  /** Whether it is the rest of an `{{else if}}`. */
  chained?: boolean;
}

/** `~` at either end of a tag. */
export interface Strip {
  open: boolean;
  close: boolean;
}

export interface Expression {
  start: number;
  head: Value;
  values: Value[];
  hash: Record<string, Value>;
}

export type Value = Path | Literal | { kind: "call"; expression: Expression };

export interface Literal {
  kind: "literal";
  value: string | number | boolean;
  text: string;
}

export interface Path {
  kind: "path";
  text: string;
  parts: string[];
  /** How many `../`. */
  depth: number;
  /** `@key`, `@index`. */
  isData: boolean;
  /** Whether it begins with `this` or `.`. */
  isScoped: boolean;
}

export class TemplateSyntaxError extends Error {
  override name = "TemplateSyntaxError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
