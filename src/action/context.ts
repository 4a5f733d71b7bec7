/** The context of commands that the Action calls itself, and not through the command line: those that hold credentials. */
import * as core from "@actions/core";
import { runEffect, type Context, type Effect } from "../util/context.ts";
import type { Problem } from "../util/error.ts";
import { createLogger } from "../util/log.ts";
import type { Inputs } from "./inputs.ts";
import { maskSecret, scrub } from "./log.ts";
import { inRepository, type Places } from "./places.ts";
import type { Runner } from "./runner.ts";

export interface ContextOptions {
  inputs: Inputs;
  places: Places;
  runner: Runner;
  /** Gets what the command warns of, with files as the repository names them. */
  onProblem: (problem: Problem) => void;
  effect?: Effect | undefined;
}

export function createContext({ inputs, places, runner, onProblem, effect = runEffect }: ContextOptions): Context {
  const { now, signal, host, peakMemory, cpuSeconds, killGroup, tmpdir } = runner;
  const log = createLogger({ write, format: "text", verbose: true, colour: false, now });
  const note = (problem: Problem) => onProblem(inRepository(problem, places));
  return {
    cwd: places.folder,
    env: environmentOf(inputs, runner),
    now,
    log: {
      ...log,
      problem: (problem) => (note(problem), log.problem(problem)),
      warn: (message, fields) => (note({ severity: "warning", message }), log.warn(message, fields)),
      mask: (text) => (maskSecret(text), log.mask(text)),
    },
    print: (text) => core.info(scrub(text)),
    signal,
    effect,
    host,
    isTerminal: false,
    peakMemory,
    cpuSeconds,
    killGroup,
    tmpdir,
  };
}

function write(line: string): void {
  core.info(scrub(line.trimEnd()));
}

/** What the inputs say, as the command line knows it; the inputs themselves are no one's business. */
function environmentOf({ deploy, image, token }: Inputs, { env }: Runner): Context["env"] {
  const given = Object.entries(env).filter(([name]) => !name.startsWith("INPUT_"));
  const { key, apiToken } = deploy;
  return {
    ...Object.fromEntries(given),
    ...(image.user !== undefined && { NAIS_ETL_REGISTRY_USER: image.user }),
    ...(image.password !== undefined && { NAIS_ETL_REGISTRY_PASSWORD: image.password }),
    ...(key !== undefined && { NAIS_DEPLOY_APIKEY: key }),
    ...(apiToken !== undefined && { NAIS_API_TOKEN: apiToken }),
    ...(token !== undefined && { GITHUB_TOKEN: token }),
  };
}
