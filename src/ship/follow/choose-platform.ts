/** By what a job is asked about: kubectl, or nais' own API. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { mayAskGithub } from "../../util/github-oidc.ts";
import { shellWord } from "../../util/shell-word.ts";
import { didYouMean } from "../../util/suggest.ts";
import { createKubectl, type Kubectl } from "../kubectl.ts";
import { kubectlPlatform } from "./kubectl/kubectl-platform.ts";
import { naisPlatform } from "./nais/nais-platform.ts";
import type { JobPlatform } from "./platform.ts";

export interface ChoosePlatform {
  /** `kubectl` or `nais`; by default nais where there is a token for its API, else kubectl. */
  with?: string | undefined;
  /** The namespace. */
  team: string;
  /** The cluster, which nais calls the environment; empty where it is not said. */
  target: string;
  /** The cluster's name in kubeconfig, where it is not found by the target's. */
  kubeContext?: string | undefined;
  /** The options by which somebody has said which job is meant; without them it is named with its team. */
  asked?: { dir?: string; pipeline?: string; job?: string; team?: string } | undefined;
}

const ways = ["kubectl", "nais"];

/** @throws {EtlError} `usage` where it is not clear which cluster is meant */
export async function choosePlatform(wanted: ChoosePlatform, context: Context): Promise<JobPlatform> {
  const way = wanted.with ?? usualWay(wanted, context);
  if (!ways.includes(way))
    throw new EtlError({ code: "usage", message: `--with ${way} is no way to ask`, hint: didYouMean(way, ways) });
  const flags = (job: string) => flagsOf(wanted, job);
  if (way === "kubectl")
    return { ...kubectlPlatform({ kubectl: await chooseKubectl(wanted, context) }, context), flags };
  const { team, target } = wanted;
  if (target !== "") return { ...(await naisPlatform({ team, environment: target }, context)), flags };
  throw new EtlError({
    code: "usage",
    part: "nais",
    message: "it is not said in which cluster the job is",
    hint: "Add --target: prod-gcp, dev-gcp.",
  });
}

function flagsOf({ asked, team, with: way, target, kubeContext }: ChoosePlatform, job: string): string[] {
  const given = { ...(asked ?? { job, team }), target: target || undefined, context: kubeContext, with: way };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, shellWord(value)]));
}

/** Nais' API where there is a token for it, and the cluster is said. */
export function usualWay(
  { kubeContext, target }: Pick<ChoosePlatform, "kubeContext" | "target">,
  context: Context,
): "nais" | "kubectl" {
  if (kubeContext !== undefined || target === "") return "kubectl";
  return context.env["NAIS_API_TOKEN"] || mayAskGithub(context) ? "nais" : "kubectl";
}

/** The cluster of the target's name, or whose name ends with it (`nav-prod-gcp`); without a target, the current one. */
export async function chooseKubectl({ team, target, kubeContext }: ChoosePlatform, context: Context): Promise<Kubectl> {
  const current = createKubectl({ namespace: team, kubeContext }, context);
  if (kubeContext !== undefined || target === "") return current;
  const names = (await current.run(["config", "get-contexts", "-o", "name"])).split("\n").filter((name) => name !== "");
  const ending = names.filter((name) => /[-_/@]/.test(name.at(-target.length - 1) ?? "") && name.endsWith(target));
  const found = names.includes(target) ? target : ending.length === 1 ? ending[0]! : undefined;
  if (found !== undefined) return createKubectl({ namespace: team, kubeContext: found }, context);
  throw new EtlError({
    code: "usage",
    part: "kubectl",
    message: `kubeconfig has ${ending.length > 1 ? "several contexts" : "no context"} for ${target}`,
    hint:
      names.length === 0
        ? "There is no context at all: on nais, `nais kubeconfig` writes them."
        : `Say which one with --context: ${names.join(", ")}.`,
  });
}
