/** Who we are to Google, on whose project, and whether its clock and ours agree. */
import type { Context } from "../../util/context.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { bad, good, look, note, type Finding } from "./finding.ts";

export async function lookAtIdentity(client: BigQueryClient): Promise<Finding[]> {
  const looks = [
    look("identity", () => identity(client)),
    look("project", async () => project(client)),
    look("clock", () => clock(client)),
  ];
  return (await Promise.all(looks)).flat();
}

async function identity({ account, api }: BigQueryClient): Promise<Finding> {
  if (api.isLoopback) return good("identity", "nobody: a server on this machine is asked without credentials");
  const { kind } = await account.kind();
  await account.headers();
  const email = (await account.email()) ?? "Google does not tell who";
  return good("identity", `${email} (${kind})`);
}

async function project({ account, project: name, projectFrom }: BigQueryClient): Promise<Finding[]> {
  const found = good("project", `${name} (from ${projectFrom})`);
  const { quotaProject } = await account.kind().catch(() => ({ quotaProject: undefined }));
  if (quotaProject === undefined || quotaProject === name) return [found];
  return [
    found,
    note(
      "quota project",
      `requests are counted on ${quotaProject}`,
      `So say the credentials. If BigQuery refuses with \`serviceusage.services.use\`: gcloud auth application-default set-quota-project ${name}`,
    ),
  ];
}

/** Leases of the lock last a minute, and Google refuses tokens from the future. */
const mostSkew = 15;
const patience = 10_000;

/** Every answer bears the server's time, also one that refuses. */
async function clock({ api, context }: BigQueryClient): Promise<Finding> {
  const before = context.now().getTime();
  const response = await fetch(api.url, { method: "HEAD", redirect: "manual", signal: signalOf(context) }).catch(
    () => undefined,
  );
  if (!response)
    return bad("network", `${api.host} gives no answer`, "Is the network there? Behind a proxy, is it set up?");
  const theirs = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(theirs)) return note("clock", `${api.host} does not say what time it is`);
  const seconds = Math.round(Math.abs((before + context.now().getTime()) / 2 - theirs) / 1000);
  if (seconds <= mostSkew) return good("clock", `agrees with ${api.host}'s`);
  return bad(
    "clock",
    `${seconds} s away from ${api.host}'s`,
    "Let the machine's clock be set by the network: the lock's lease lasts 60 s, and Google refuses tokens of the wrong time.",
  );
}

function signalOf({ signal }: Context): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patience)]);
}
