/** HTML and SVG in which no text of others is taken for either: whatever is put into a template is escaped. */

/** What is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | undefined | Html | Part[];

/** A template: texts are escaped, lists joined, and what is undefined leaves nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => (i === 0 ? text : written(parts[i - 1]) + text)).join(""));
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map(written).join("") : escape(String(part));
}

/** Characters that no page may hold, or that would turn the direction of the text around them, are shown as such. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu;

function escape(text: string): string {
  return text.replaceAll(unprintable, "\uFFFD").replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}

/** A sentence in which names stand between backticks, as in messages. */
export function prose(text: string): Html {
  return html`${text.split(/`([^`\n]+)`/).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
