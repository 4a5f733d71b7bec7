/** Pages that tell more of a deploy. */
import { textAt } from "../ship/manifest/rule.ts";
import type { Resource } from "../ship/deploy/resource.ts";

export interface DeployLinks {
  /** Run of the workflow. */
  workflow?: string | undefined;
  /** In Nais Console, by resource. */
  workloads: { resource: string; url: string }[];
}

export interface LinksOf {
  resources: readonly Resource[];
  cluster: string;
  team: string;
  /** Whose Nais Console; without it there are no links to it. */
  tenant: string | undefined;
  workflow: string | undefined;
}

const kinds: Readonly<Record<string, string>> = { Naisjob: "job", Application: "app" };

export function linksOf({ resources, cluster, team, tenant, workflow }: LinksOf): DeployLinks {
  const workloads = resources.flatMap((resource) => {
    const [kind, name] = [textAt(resource, "kind") ?? "", textAt(resource, "metadata", "name")];
    if (tenant === undefined || !kinds[kind] || name === undefined) return [];
    const url = `https://console.${tenant}.cloud.nais.io/team/${team}/${cluster}/${kinds[kind]}/${name}`;
    return [{ resource: `${kind}/${name}`, url }];
  });
  return { ...(workflow !== undefined && { workflow }), workloads };
}

/** `deploy.nav.cloud.nais.io:443` is Nav's. */
export function tenantOf(server: string | undefined): string | undefined {
  return /^(?:https:\/\/)?(?:deploy|console)\.([a-z0-9-]+)\.cloud\.nais\.io(?::\d+)?\/?$/.exec(server ?? "")?.[1];
}
