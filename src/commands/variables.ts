/** Variables of manifests' templates, as the deploy client takes them. */
import { resolve } from "node:path";
import { parse } from "yaml";
import { isPlainObject } from "../spec/value.ts";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { readText } from "./read-text.ts";

export interface VariableOptions {
  /** `NAME=value`, or `NAME` for true. */
  var?: string[] | undefined;
  /** A YAML or JSON file of variables. */
  varsFile?: string | undefined;
}

/** What `--vars-file` says, with what `--var` says over it, as the deploy client takes VARS and VAR. */
export async function readVariables(
  { var: vars = [], varsFile }: VariableOptions,
  { cwd }: Context,
): Promise<Record<string, unknown>> {
  const fromFile = varsFile === undefined ? {} : await readVariablesFile(resolve(cwd, varsFile), varsFile);
  const given = vars.map((text): [string, unknown] => {
    const at = text.indexOf("=");
    return at < 0 ? [text, true] : [text.slice(0, at), text.slice(at + 1)];
  });
  return { ...fromFile, ...Object.fromEntries(given) };
}

async function readVariablesFile(path: string, shown: string): Promise<Record<string, unknown>> {
  const text = await readText(path, shown);
  try {
    const value: unknown = parse(text, { version: "1.1", merge: true }) ?? {};
    if (isPlainObject(value)) return value;
  } catch (cause) {
    throw new EtlError({
      code: "usage",
      message: `${shown} is not valid YAML: ${messageOf(cause)}`,
      hint: "Write NAME: value, a line each.",
      cause,
    });
  }
  throw new EtlError({
    code: "usage",
    message: `${shown} is not a map of names and values`,
    hint: "Write NAME: value, a line each.",
  });
}
