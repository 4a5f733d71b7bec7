/** What is asked: the address with its query, and the headers. */
import type { HttpSource } from "../../../spec/source.ts";
import { EtlError, type Where } from "../../../util/error.ts";

interface MakeRequest {
  spec: Pick<HttpSource, "url" | "query" | "headers" | "format">;
  where: (...inner: string[]) => Where;
}

/** User and password of the address go into a header: see {@link headersOf}. */
export function addressOf({ spec, where }: MakeRequest): URL {
  const url = parseUrl(spec.url, where);
  for (const [name, value] of Object.entries(spec.query ?? {})) url.searchParams.append(name, String(value));
  url.username = url.password = url.hash = "";
  return url;
}

/** The text may hold a secret: it is not repeated. */
function parseUrl(text: string, where: MakeRequest["where"]): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new EtlError({
    code: "invalid",
    part: "http",
    message: "`url` is no address of http or https",
    hint: "Write https://HOST/PATH.",
    where: where("url"),
  });
}

const accepted = { json: "application/json", ndjson: "application/x-ndjson, application/json;q=0.9", csv: "text/csv" };

export function headersOf({ spec, where }: MakeRequest): Headers {
  const { username, password } = parseUrl(spec.url, where);
  const headers = new Headers({ accept: `${accepted[spec.format ?? "json"]}, */*;q=0.1`, "user-agent": "nais-etl" });
  if (username !== "" || password !== "") {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers.set("authorization", `Basic ${Buffer.from(login).toString("base64")}`);
  }
  for (const [name, value] of Object.entries(spec.headers ?? {})) {
    try {
      headers.set(name, value);
    } catch {
      throw badHeader(name, where("headers", name));
    }
  }
  return headers;
}

/** The reason would quote the value, which may be a secret. */
function badHeader(name: string, where: Where): EtlError {
  return new EtlError({
    code: "invalid",
    part: "http",
    message: `the header \`${name}\` cannot be sent: its name or its value has characters that no header may have`,
    hint: "Names have letters, digits and hyphens; values have no line breaks, and no letters beyond Latin-1.",
    where,
  });
}
