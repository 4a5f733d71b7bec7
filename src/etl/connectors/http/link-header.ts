/**
 * The address that a Link header names `next`.
 * Source: https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink(header: string | null): string | undefined {
  for (const [, address, parameters = ""] of (header ?? "").matchAll(linkPattern)) {
    const found = [...parameters.matchAll(parameterPattern)].find(([, name]) => name!.toLowerCase() === "rel");
    const names = (found?.[2] ?? found?.[3] ?? "").toLowerCase().split(/\s+/);
    if (names.includes("next")) return address;
  }
  return undefined;
}

/** An address in angle brackets, and its parameters; a comma within quotes ends neither. */
const linkPattern = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s;,]*))?)*)/g;

const parameterPattern = /;\s*([^\s=;,]+)(?:\s*=\s*(?:"([^"]*)"|([^\s;,]*)))?/g;
