/**
 * The address that a Link header names `next`.
 * Source: https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink(header: string | null): string | undefined {
  for (const [, address, parameters = ""] of (header ?? "").matchAll(linkPattern)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters) ?? [];
    const names = (quoted ?? bare ?? "").toLowerCase().split(/\s+/);
    if (names.includes("next")) return address;
  }
  return undefined;
}

/** An address in angle brackets, and its parameters; a comma within quotes ends neither. */
const linkPattern = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s;,]*))?)*)/g;
