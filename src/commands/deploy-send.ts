/** Sends what `deploy` has planned, the way that was chosen. */
import { deployByKubectl } from "../ship/deploy/kubectl.ts";
import { applyToNais } from "../ship/deploy/nais/apply.ts";
import { deployToNais } from "../ship/deploy/nais/deploy.ts";
import type { DeployOutcome } from "../ship/deploy/outcome.ts";
import { chooseKubectl } from "../ship/follow/choose-platform.ts";
import { platformOf } from "../ship/platform.ts";
import type { Context } from "../util/context.ts";
import { tenantOf } from "./deploy-links.ts";
import type { DeployOptions, Plan } from "./deploy-plan.ts";

export interface Sent {
  outcome: DeployOutcome;
  /** Whose platform took it, where that is known. */
  tenant: string | undefined;
}

export async function sendPlan(plan: Plan, options: DeployOptions, context: Context): Promise<Sent> {
  const { manifests, origin, target, team, way, timeout, cluster, follow } = plan;
  const wait = follow.wait !== "none";
  const { resources } = manifests;
  const order = { resources, cluster: target, team, origin, timeout };
  const told = context.env["TENANT_NAME"] || undefined;
  if (way === "kubectl") {
    const kubectl = await chooseKubectl(cluster, context);
    const { forceConflicts } = options;
    return { outcome: await deployByKubectl({ ...order, kubectl, wait, forceConflicts }, context), tenant: told };
  }
  const owner = origin.repository?.split("/")[0];
  if (way === "nais-api") {
    const console = await consoleOf(options, owner, context);
    return { outcome: await applyToNais({ ...order, console }, context), tenant: told ?? tenantOf(console) };
  }
  const server = options.server ?? (await platformOf({ owner, needs: ["deployServer"] }, context)).deployServer;
  const { intervals } = options;
  const apiKey = context.env["NAIS_DEPLOY_APIKEY"] || undefined;
  const mayBeUnchanged = !manifests.alwaysRoll;
  const outcome = await deployToNais({ ...order, server, apiKey, wait, mayBeUnchanged, intervals }, context);
  return { outcome, tenant: told ?? tenantOf(server) };
}

async function consoleOf({ console }: DeployOptions, owner: string | undefined, context: Context): Promise<string> {
  const given = console ?? context.env["NAIS_ETL_API"];
  if (given) return given;
  const { tenant } = await platformOf({ owner, needs: ["tenant"] }, context);
  return `https://console.${tenant}.cloud.nais.io`;
}
