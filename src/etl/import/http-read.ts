/** `requests.get(…)` as a source: its address, query, headers, pages and days. */
import type { Problem } from "../../util/error.ts";
import { intervalBounds } from "./days.ts";
import { note, type ReadEnd, type Reading } from "./reading.ts";
import { tail } from "./short-name.ts";
import { pagingOf, type Paging } from "./paging.ts";
import { argument, textOf, type Call } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { entriesOf, textsOf, textValue, type Text } from "./value.ts";

export function httpRead(call: Call, reading: Reading): ReadEnd {
  const { script, scope } = reading;
  const url = textValue(argument(call, 0, "url"), script, scope);
  const params = entriesOf(call.keywords.get("params"), script, scope);
  const paging = pagingOf(call.node, [...params, ...inAddress(argument(call, 0, "url"), reading)], script);
  const bounds = intervalBounds(
    params.map(([, value]) => value),
    reading,
  );
  const asked = params.filter(([key, value]) => !paging?.keys.includes(key) && !bounds.has(value));
  const query = plainEntries(asked, { section: "query", reading });
  const dated = params.flatMap(([key, value]) => (bounds.has(value) ? [[key, bounds.get(value)!]] : []));
  const headers = plainEntries(entriesOf(call.keywords.get("headers"), script, scope), { section: "headers", reading });
  const timeout = textValue(call.keywords.get("timeout"), script, scope)?.text;
  const asks = Object.fromEntries([...dated, ...query.entries]) as Record<string, unknown>;
  const source = {
    type: "http",
    url: url ? withoutHoles(url.text) : "https://replace.me",
    ...(Object.keys(asks).length > 0 && { query: asks }),
    ...(headers.entries.length > 0 && { headers: Object.fromEntries(headers.entries) }),
    ...(/^\d+$/.test(timeout ?? "") && { timeout: `${timeout}s` }),
    ...(paging && { paginate: paging.paginate }),
  };
  const notes = [
    ...addressNotes({ url, paging, call, reading }),
    ...(dated.length > 0
      ? [
          dayNote(
            dated.map(([key]) => key!),
            call,
            reading,
          ),
        ]
      : []),
    ...(paging ? [pageNote(paging, call, reading)] : []),
    ...query.notes,
    ...headers.notes,
  ];
  const read = { node: call.node, name: tail(lastPart(url?.text ?? "")), source, columns: [], params: [], notes };
  return { ...read, ...(paging && { paging }), ...(dated.length > 0 && { isDaily: true }) };
}

/** `?page={page}` of an f-string. */
function inAddress(node: SyntaxNode | undefined, { script, scope }: Reading): [string, SyntaxNode][] {
  const known = node?.name === "VariableName" ? scope.get(textOf(node, script)) : node;
  if (known?.name !== "FormatString") return [];
  const found: [string, SyntaxNode][] = [];
  for (let part = known.firstChild; part; part = part.nextSibling) {
    const [, key] = /[?&]([\w-]+)=$/.exec(script.text.slice(known.from, part.from)) ?? [];
    const value = part.firstChild?.nextSibling;
    if (part.name === "FormatReplacement" && key !== undefined && value) found.push([key, value]);
  }
  return found;
}

function withoutHoles(url: string): string {
  return url.replaceAll(/([?&])[\w-]+=\{[^}]*\}&?/g, "$1").replace(/[?&]$/, "");
}

function lastPart(url: string): string {
  const path = url.replace(/^https?:\/\/[^/]*|^\$?\{[^}]*\}/, "").replace(/[?#].*/s, "");
  return path.split("/").findLast((part) => /^[\w-]+$/.test(part)) ?? "answers";
}

interface Section {
  section: "query" | "headers";
  reading: Reading;
}

function plainEntries(entries: [string, SyntaxNode][], { section, reading }: Section) {
  const { script, scope } = reading;
  const notes: Problem[] = [];
  const plain = entries.flatMap(([key, value]): [string, unknown][] => {
    const list = textsOf(value, script, scope).join(",");
    const text = textValue(value, script, scope) ?? (list === "" ? undefined : { text: list, holes: [] });
    if (text && text.holes.length === 0) return [[key, value.name === "Number" ? Number(text.text) : text.text]];
    const todo = `Write \`${key}\` under \`${section}\` of the source: dates come as \${interval:start}, \${interval:start-7d}, secrets as \${secret:NAME}.`;
    notes.push(note(value, reading, `the script computes \`${key}\``, todo));
    return [];
  });
  return { entries: plain, notes };
}

interface Address {
  url: Text | undefined;
  paging: Paging | undefined;
  call: Call;
  reading: Reading;
}

function addressNotes({ url, paging, call, reading }: Address): Problem[] {
  if (url?.holes.every((hole) => hole === paging?.variable)) return [];
  const todo = "Write `url` under the source; dates come as ${interval:start}.";
  return [note(call.node, reading, "its address is put together by the script", todo)];
}

function dayNote(keys: string[], call: Call, reading: Reading): Problem {
  const names = keys.map((key) => `\`${key}\``).join(" and ");
  const todo =
    "`interval: day` stands for the script's own dates: `nais-etl run --interval 2022-01-20` reads another day. Check that the time zone of `schedule` is the one that its days are meant in.";
  return note(call.node, reading, `each run is for one day, the last complete one; ${names} come of it`, todo);
}

function pageNote({ paginate: { by, parameter, size }, start }: Paging, call: Call, reading: Reading): Problem {
  const many = size === undefined ? "" : `, ${size} rows each`;
  const how =
    by === "page"
      ? `counted by \`${parameter}\` from ${start}`
      : `asked for by the rows before them in \`${parameter}\``;
  const todo =
    "The script's own end of the loop is not carried over. Does the API answer with no rows, or 404, behind the last page? If not, see `paginate:` of type http.";
  return note(call.node, reading, `its pages are ${how}${many}, until one has no rows`, todo);
}
