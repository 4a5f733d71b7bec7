/** The pages that somebody reads, and what they say to type. */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandsOf } from "./follow.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const places = ["*.md", ".github/*.md", "{docs,examples,image,naisjob-templates,src,templates,test}/**/*.md"];

/** Paths from the repository; what `init` leaves in a team's folder is one of them. */
export async function pages(): Promise<string[]> {
  const files: string[] = [];
  for (const pattern of places)
    for await (const file of glob(pattern, { cwd: root }))
      if (!/node_modules|golden|\/\.[^/]*\//.test(file)) files.push(file);
  return files.toSorted();
}

export interface Shown {
  page: string;
  /** What stands behind `sh`: what the reader must have. */
  needs: string;
  command: string;
}

/** What stands in `sh` blocks. */
export async function commandsShown(): Promise<Shown[]> {
  const lists = (await pages()).map(async (page) => {
    const text = await readFile(join(root, page), "utf8");
    return [...text.matchAll(/^```(?:sh|bash|console|shell)\b([^\n]*)\n([\s\S]*?)^```/gm)].flatMap(
      ([, needs = "", body = ""]) => commandsOf(body).map((command) => ({ page, needs: needs.trim(), command })),
    );
  });
  return (await Promise.all(lists)).flat();
}

/** What stands in the text, such as `nais-etl plan --target prod-gcp`. */
export async function commandsMentioned(): Promise<Shown[]> {
  const lists = (await pages()).map(async (page) => {
    const text = (await readFile(join(root, page), "utf8")).replaceAll(/^```[\s\S]*?^```/gm, "");
    return [...text.matchAll(/`(?:npx )?(nais-etl [^`\n]+)`/g)].map(([, command = ""]) => ({
      page,
      needs: "",
      command,
    }));
  });
  return (await Promise.all(lists)).flat();
}
