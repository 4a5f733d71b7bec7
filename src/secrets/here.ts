/** Secrets that are here already: in the environment, and in files that the platform has mounted. They are read in place. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { localTarget } from "../spec/target.ts";
import { isPlainObject } from "../spec/value.ts";
import { isPod } from "../util/pod.ts";
import { maskSecret } from "./mask-secret.ts";
import { missing, withoutLastBreak, type ReadResult, type Wanted } from "./wanted.ts";

/** Where `filesFrom` mounts a secret that names no folder. Source: https://doc.nais.io/services/secrets */
const usualFolder = "/var/run/secrets";

export async function readHere(wanted: Wanted): Promise<ReadResult> {
  const value = wanted.context.env[variableOf(wanted)];
  const folder = folderOf(wanted);
  // A laptop has no folder of the platform's.
  if (folder !== undefined && wanted.pipeline.target !== localTarget) return readMounted(wanted, folder);
  if (value === undefined) return missing(wanted, notSet(wanted));
  return given(wanted, value, `the environment variable ${variableOf(wanted)}`);
}

/** The variable that holds it; on a laptop also that of one that is fetched elsewhere. */
export function variableOf({ name, secret }: Pick<Wanted, "name" | "secret">): string {
  if (secret.from === "env") return secret.name ?? name;
  return secret.from === "nais" ? (secret.key ?? name) : name;
}

function given(wanted: Wanted, text: string, what: string): ReadResult {
  const { name, context } = wanted;
  const value = withoutLastBreak(text);
  if (value === "") return missing(wanted, { message: `${what} is empty`, hint: "Give it a value where it is kept." });
  maskSecret(value, context.log);
  return { name, value };
}

function notSet(wanted: Wanted): { message: string; hint: string } {
  const { secret, pipeline } = wanted;
  const variable = variableOf(wanted);
  const message = `the environment variable ${variable} is not set`;
  if (pipeline.target === localTarget)
    return { message, hint: `${localHint(wanted)} A source with \`sample:\` needs none.` };
  if (!isPod(wanted.context.env)) return { message, hint: `Run: export ${variable}=…${kept(wanted)}` };
  if (secret.from !== "nais") return { message, hint: "Set it before the run; in a Naisjob under `nais: { env: … }`." };
  return {
    message,
    hint: `It comes from the nais secret \`${secret.secret}\`. Does that have the key ${variable}, and does the deployed manifest name it under \`envFrom\`, as \`nais-etl render\` prints it? A pod sees what a secret held when it started.`,
  };
}

function kept({ secret }: Wanted): string {
  return secret.from === "nais"
    ? `, with the value in the nais secret \`${secret.secret}\`. A pod has it by itself.`
    : "";
}

function localHint({ name, secret }: Wanted): string {
  if (secret.from === "env") return "Set it before the run.";
  if (secret.from === "nais")
    return `On target local, secrets come from the environment: set it to the value in the nais secret \`${secret.secret}\`.`;
  const version = secret.version ?? "latest";
  const command = `gcloud secrets versions access ${version} --secret=${secret.name ?? "…"}`;
  const part = secret.key === undefined ? "" : ` (its value of ${secret.key})`;
  return `On target local, secrets come from the environment: set ${name} to what \`${command}\` prints${part}.`;
}

/** The folder that its keys are files in: its own `mount`, else what `nais:` says of the same secret. */
function folderOf({ secret, pipeline }: Wanted): string | undefined {
  if (secret.from !== "nais") return undefined;
  if (secret.mount !== undefined) return secret.mount;
  const items: unknown = pipeline.spec.nais?.["filesFrom"];
  if (!Array.isArray(items)) return undefined;
  const item: unknown = items.find((one) => isPlainObject(one) && one["secret"] === secret.secret);
  if (!isPlainObject(item)) return undefined;
  return typeof item["mountPath"] === "string" ? item["mountPath"] : usualFolder;
}

async function readMounted(wanted: Wanted, folder: string): Promise<ReadResult> {
  const file = join(folder, variableOf(wanted));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    return given(wanted, text, `the file ${file}`);
  } catch (error) {
    return missing(wanted, unreadable(file, error as NodeJS.ErrnoException, wanted));
  }
}

function unreadable(file: string, { code }: NodeJS.ErrnoException, wanted: Wanted): { message: string; hint: string } {
  const { secret } = wanted;
  const name = secret.from === "nais" ? secret.secret : "";
  if (code === "ENOENT" && !isPod(wanted.context.env))
    return {
      message: `there is no file ${file}`,
      hint: `In a pod it is mounted, from the nais secret \`${name}\`. Here, write that file; or run on target local, where it is the environment variable ${variableOf(wanted)}.`,
    };
  if (code === "ENOENT")
    return {
      message: `there is no file ${file}`,
      hint: `It comes from the nais secret \`${name}\`. Does that have such a key, and does the deployed manifest name it under \`filesFrom\`, as \`nais-etl render\` prints it?`,
    };
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
    return { message: `the file ${file} is not text in UTF-8`, hint: "Only texts can be put in place of ${secret:…}." };
  return { message: `the file ${file} cannot be read: ${code ?? "unknown"}`, hint: "May this user read it?" };
}
