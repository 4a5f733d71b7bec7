/** `raw:` of an http source: the folder, and what each answer in it is called. */
import { posix } from "node:path";

export interface RawPlace {
  /** As the file has it; it begins in the pipeline's folder. */
  folder: string;
  /** With `{time}`, and `{page}` where there may be several. */
  name: string;
}

export interface NamePage {
  source: string;
  time: Date;
  page: number;
  /** Of the name, where the template has none of its own: `.json`. */
  ending: string;
}

const template = "{source}_{time}_{page}";

/** `raw/` and `raw` are folders; `raw/rates_{time}.json` is a name in one. */
export function rawPlace(text: string): RawPlace {
  if (!text.includes("{")) return { folder: text, name: template };
  const fixed = text.slice(0, text.indexOf("{"));
  const folder = fixed.includes("/") ? fixed.slice(0, fixed.lastIndexOf("/")) || "/" : ".";
  return { folder, name: text.slice(folder === "." ? 0 : folder.length).replace(/^\/+/, "") };
}

/** What is wrong with such a text, where something is. */
export function rawProblem(text: string, hasPages: boolean): { message: string; hint: string } | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme) return { message: `answers cannot be kept at ${scheme} yet`, hint: "Name a folder: raw: raw/." };
  const [unknown] = [...text.matchAll(/\{([^{}]*)\}?/g)].filter(
    ([, name]) => !["source", "time", "page"].includes(name!),
  );
  if (unknown && !unknown[0].startsWith("{}") && !text.includes("${"))
    return { message: `\`${unknown[0]}\` means nothing in \`raw\``, hint: "Known are {time}, {page} and {source}." };
  if (text.includes("{") && !text.includes("${") && !text.includes("{time}"))
    return { message: "`raw` names the same file in each run", hint: "Add the time: raw/rates_{time}.json." };
  if (hasPages && text.includes("{time}") && !text.includes("{page}"))
    return { message: "`raw` names the same file for each page", hint: "Add the page: raw/rates_{time}_{page}.json." };
  if (!text.includes("{") && /\.(?:json|ndjson|jsonl|csv|txt)$/i.test(posix.basename(text)))
    return {
      message: "`raw` names a single file: answers are kept, and never written over",
      hint: `Add the time: ${text.replace(/(\.[^.]*)$/, "_{time}$1")}; or name a folder.`,
    };
  return undefined;
}

/** `rates_20261105T100000000Z_1.json`: names of one source sort by time. */
export function rawName({ name }: Pick<RawPlace, "name">, { source, time, page, ending }: NamePage): string {
  const stamp = time.toISOString().replaceAll(/[-:.]/g, "");
  const made = name.replaceAll("{source}", source).replaceAll("{time}", stamp).replaceAll("{page}", String(page));
  return posix.extname(name) === "" ? `${made}${ending}` : made;
}
