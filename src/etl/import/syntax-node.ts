/** A node of a parsed script, as far as it is looked at. Source: https://lezer.codemirror.net/docs/ref/#common.SyntaxNode */
export interface SyntaxNode {
  /** `CallExpression`, `AssignStatement` … */
  name: string;
  type: { isError: boolean };
  /** Offsets in the text. */
  from: number;
  to: number;
  parent: SyntaxNode | null;
  firstChild: SyntaxNode | null;
  lastChild: SyntaxNode | null;
  nextSibling: SyntaxNode | null;
  prevSibling: SyntaxNode | null;
}
