/** Which encoding an answer's text is in. */
import { encodingName } from "../file/transcode.ts";

/**
 * What is declared comes before what the server says.
 * @returns undefined for UTF-8
 */
export function answerEncoding(declared: string | undefined, headers: Headers): string | undefined {
  const name = declared === undefined ? charsetOf(headers.get("content-type")) : encodingName(declared);
  return name === "utf-8" ? undefined : name;
}

/** A charset that nobody knows is no reason to give up: the bytes are looked at anyway. */
function charsetOf(contentType: string | null): string | undefined {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? "") ?? [];
  if (charset === undefined || /^(?:us-)?ascii$/i.test(charset)) return undefined;
  try {
    return encodingName(charset);
  } catch {
    return undefined;
  }
}
