/** Parts that fit into a page that may not be longer than somebody else says. */
import { heading, paragraph } from "./html.ts";

export interface PagePart {
  name: string;
  /** Ends with a blank line; empty where there is nothing to tell. */
  text: string;
}

export interface PageLimit {
  most: number;
  measure: (text: string) => number;
  /** Where the rest is. */
  elsewhere: string;
}

/** Each part that would make it too long is left out, and said to be. */
export function makePage(parts: readonly PagePart[], { most, measure, elsewhere }: PageLimit): string {
  return parts.reduce((page, { name, text }) => {
    const longer = page + text;
    return measure(longer) < most ? longer : `${page}${heading(name, 3)}${paragraph(elsewhere)}`;
  }, "");
}
