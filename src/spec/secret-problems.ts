/** Where secrets may stand, and what would give one away or mix two up. */
import type { Problem } from "../util/error.ts";
import type { Path } from "./document.ts";
import type { Pipeline } from "./pipeline.ts";
import { findReferences, textsOf } from "./reference.ts";
import type { NaisSecret, Secret } from "./secret.ts";

type Found = Omit<Problem, "severity" | "where"> & { path: Path; severity?: Problem["severity"] };

export function* secretProblems(spec: Pipeline): Generator<Found> {
  yield* placeProblems(spec);
  yield* settingProblems(spec);
  yield* sameVariableProblems(spec);
  yield* sameFolderProblems(spec);
  yield* pastedProblems(spec);
}

/** Keys of sources and outputs that lead to a system, and are shown nowhere. */
const connecting = new Set(["url", "headers", "username", "password"]);

function mayHoldSecret([group, name, key]: Path, spec: Pipeline): boolean {
  if (group === "notify") return key === "webhook";
  if (group !== "sources" && group !== "outputs") return false;
  const part = spec[group]?.[String(name)];
  return connecting.has(String(key)) || (key === "query" && part?.type === "http");
}

/** The variable that a secret comes in, if it does. */
function variableOf([name, secret]: [string, Secret]): string | undefined {
  if (secret.from === "env") return secret.name ?? name;
  return secret.from === "nais" && secret.mount === undefined ? (secret.key ?? name) : undefined;
}

function* placeProblems(spec: Pipeline): Generator<Found> {
  const variables = new Set(Object.entries(spec.secrets ?? {}).map(variableOf));
  for (const { kind, name, path } of findReferences(spec, () => ({ file: "" })).references) {
    const isDeclared =
      kind === "secret" ? Object.hasOwn(spec.secrets ?? {}, name) : kind === "env" && variables.has(name);
    if (!isDeclared || path[0] === "secrets" || mayHoldSecret(path, spec)) continue;
    yield {
      path,
      rule: "secret-place",
      message: `\`\${${kind}:${name}}\` cannot stand in \`${path.join(".")}\`: what is said there is shown, or kept where others read it`,
      hint: "A secret may stand in `url`, `headers`, `username` and `password`, in the `query` of an http source, and in `notify.slack.webhook`.",
    };
  }
}

/** What a secret is read with is known before any value of the run is. */
function* settingProblems({ secrets }: Pipeline): Generator<Found> {
  for (const { kind, name, path } of findReferences(secrets, () => ({ file: "" })).references) {
    if (kind === "env") continue;
    yield {
      path: ["secrets", ...path],
      rule: "reference",
      message: `\`\${${kind}:${name}}\` cannot stand in \`secrets.${path.join(".")}\``,
      hint: "Only ${env:NAME} can: secrets are read before everything else. For another secret in another cluster, use `targets:`.",
    };
  }
}

function naisSecrets({ secrets }: Pipeline): [string, NaisSecret][] {
  return Object.entries(secrets ?? {}).flatMap(([name, secret]) => (secret.from === "nais" ? [[name, secret]] : []));
}

/** Two secrets that set the same variable: Kubernetes takes the last one, without a word. */
function* sameVariableProblems(spec: Pipeline): Generator<Found> {
  const setBy = new Map<string, string>();
  for (const [name, { secret, key = name, mount }] of naisSecrets(spec)) {
    if (mount !== undefined) continue;
    const other = setBy.get(key) ?? secret;
    if (other !== secret)
      yield {
        path: ["secrets", name],
        rule: "same-variable",
        message: `the nais secrets \`${other}\` and \`${secret}\` both give the variable ${key}: only one of them would be seen`,
        hint: `Rename a key, or take one as files: mount: /var/run/secrets/${secret}.`,
      };
    setBy.set(key, other);
  }
}

/** The cluster refuses two things in one folder, after the deploy has succeeded. */
function* sameFolderProblems(spec: Pipeline): Generator<Found> {
  const mountedBy = new Map<string, string>();
  for (const [name, { secret, mount }] of naisSecrets(spec)) {
    if (mount === undefined) continue;
    const folder = mount.replace(/\/+$/, "");
    const other = mountedBy.get(folder) ?? secret;
    if (other !== secret)
      yield {
        path: ["secrets", name, "mount"],
        rule: "mount-collision",
        message: `the nais secrets \`${other}\` and \`${secret}\` are both mounted in ${folder}`,
        hint: `Give each a folder of its own: mount: /var/run/secrets/${secret}.`,
      };
    mountedBy.set(folder, other);
  }
}

/** A password in the file is one in its history, too. It is not repeated here. */
function* pastedProblems(spec: Pipeline): Generator<Found> {
  for (const group of ["sources", "outputs", "notify"] as const) {
    for (const { text, path } of textsOf(spec[group], [group])) {
      const key = String(path.at(-1));
      const isPasted = key === "password" ? !text.includes("${") : hasPassword(text, key);
      if (!isPasted) continue;
      yield {
        path,
        rule: "pasted-secret",
        severity: "warning",
        message: `a secret stands in \`${path.join(".")}\` itself, for everybody who reads the repository`,
        hint: "Change it, keep the new one where secrets are kept, and write ${secret:NAME} here.",
      };
    }
  }
}

function hasPassword(text: string, key: string): boolean {
  if (/^authorization$/i.test(key)) return /^(Bearer|Basic|Token)\s+[^$\s]/i.test(text);
  if (key === "webhook") return text.startsWith("https://hooks.slack.com/services/") && !text.includes("${");
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:([^/@\s]+)@/i.exec(text)?.[1];
  return password !== undefined && !password.includes("${");
}
