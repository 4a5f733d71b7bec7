/** BigQuery's refusals in words that help: who may not do what, which grant to ask for, what to deploy first. */
import { EtlError, type ErrorCode, type Where } from "../../../util/error.ts";
import type { BigQueryClient } from "./client.ts";
import { Refusal } from "./refusal.ts";

/** What was being done, to what. */
export interface Attempted {
  action: "read" | "write" | "query" | "publish" | "keep" | "forget";
  /** `project.dataset.table` or `project.dataset`; of a query the source's or output's name. */
  name: string;
  /** The part of the product, in front of the message: `source apps`. */
  part: string;
  /** Where the file asks for it. */
  where?: Where | undefined;
  /** Whether BigQuery has found the query right before, in a dry run: what it says now is about rows. */
  isAnalysed?: boolean;
}

/** An error to show; what is none of BigQuery's is given back as it is. */
export async function explainRefusal(error: unknown, attempted: Attempted, client: BigQueryClient): Promise<unknown> {
  if (!(error instanceof Refusal)) return error;
  const {
    code = "failed",
    message,
    hint,
  } = (await explained(error, attempted, client)) ?? {
    message: `${doing(attempted)}: ${error.message}`,
    hint: "It was tried again where that could help. What BigQuery says stands above, without values of the data.",
  };
  return new EtlError({ code, part: attempted.part, message, hint, where: attempted.where, cause: error });
}

interface Explained {
  code?: ErrorCode;
  message: string;
  hint: string;
}

async function explained(
  refusal: Refusal,
  attempted: Attempted,
  client: BigQueryClient,
): Promise<Explained | undefined> {
  const { status, reason } = refusal;
  const place = locationOf(refusal, attempted);
  if (place) return place;
  if (reason === "bytesBilledLimitExceeded" || refusal.says(/exceeded limit for bytes billed/i))
    return overBudget(refusal);
  if (reason === "quotaExceeded") return quota(refusal, attempted);
  if (status === 403) return denied(refusal, attempted, client);
  if (status === 404) return missing(refusal, attempted);
  if (status === 401)
    return {
      message: `${doing(attempted)}: the access token was refused twice`,
      hint: "Log in anew: gcloud auth application-default login. In a pod, see `nais-etl doctor`.",
    };
  if (reason === "invalidQuery") return wrongQuery(refusal, attempted);
  if (status === 0)
    return {
      message: `${doing(attempted)}: ${client.api.host} gives no answer (${reason})`,
      hint: client.api.isLoopback
        ? "Is the server at `bigquery.api_endpoint` running?"
        : "Is the network there? In a pod, Google's addresses need no rule under `accessPolicy`.",
    };
  return undefined;
}

/** The file's fault is told once; that of a row may be gone tomorrow, so the run is worth another try. */
function wrongQuery(refusal: Refusal, attempted: Attempted): Explained {
  const message = `${doing(attempted)}: ${refusal.message}`;
  if (attempted.isAnalysed)
    return {
      message,
      hint: "The query itself is right, and a value of a row is not what it expects. Look for it in the console, or let it pass: SAFE_CAST, SAFE_DIVIDE, SAFE.PARSE_DATE.",
    };
  return {
    code: "invalid",
    message,
    hint: "It is GoogleSQL, run by BigQuery: try it in the console, with the same parameters.",
  };
}

const doings = {
  read: "cannot read",
  write: "cannot write",
  query: "cannot query",
  publish: "cannot publish to",
  keep: "cannot make a snapshot of",
  forget: "cannot remove old snapshots of",
};

function doing({ action, name }: Attempted): string {
  return `${doings[action]} ${name}`;
}

/** Source: https://cloud.google.com/bigquery/docs/access-control */
const roles: [permission: RegExp, role: string, on: "table" | "dataset" | "project"][] = [
  [/bigquery\.readsessions\./, "roles/bigquery.readSessionUser", "project"],
  [/bigquery\.jobs\./, "roles/bigquery.jobUser", "project"],
  [
    /bigquery\.(tables|datasets)\.(create|update|delete|updateData|setIamPolicy)/,
    "roles/bigquery.dataEditor",
    "dataset",
  ],
  [/bigquery\.tables\.(get|getData|list)/, "roles/bigquery.dataViewer", "table"],
  [/bigquery\.datasets\.get/, "roles/bigquery.metadataViewer", "dataset"],
];

const usualRole = {
  read: ["roles/bigquery.dataViewer", "table"],
  query: ["roles/bigquery.dataViewer", "table"],
  write: ["roles/bigquery.dataEditor", "dataset"],
  publish: ["roles/bigquery.dataEditor", "dataset"],
  keep: ["roles/bigquery.dataEditor", "dataset"],
  forget: ["roles/bigquery.dataEditor", "dataset"],
} as const;

async function denied(refusal: Refusal, attempted: Attempted, client: BigQueryClient): Promise<Explained> {
  const permission = refusal.find(/\b(bigquery\.[a-z]+\.[A-Za-z]+)\b/) ?? "";
  const [, role, on] = roles.find(([pattern]) => pattern.test(permission)) ?? ["", ...usualRole[attempted.action]];
  const who = (await client.account.email()) ?? "this account";
  const table = namedIn(refusal) ?? attempted.name;
  const what = on === "project" ? `project ${client.project}` : `${on} ${on === "dataset" ? datasetOf(table) : table}`;
  const lacks = permission === "" ? "" : ` (it lacks ${permission})`;
  return {
    message: `${doing(attempted)}: ${who} may not${lacks}`,
    hint: grantHint({ role, on, what, who, isOther: !table.startsWith(`${client.project}.`) }),
  };
}

function grantHint({
  role,
  on,
  what,
  who,
  isOther,
}: {
  role: string;
  on: string;
  what: string;
  who: string;
  isOther: boolean;
}): string {
  const grant = `Ask for ${role} on ${what}, for ${who}.`;
  if (on === "project")
    return `${grant} On nais: a dataset under gcp.bigQueryDatasets gives jobUser; readSessionUser goes under gcp.permissions. See \`nais-etl render\`.`;
  return isOther
    ? `${grant} The owner of the data grants it: in the data marketplace, or with GRANT on the table itself.`
    : `${grant} On nais the dataset's permission in the Naisjob is READWRITE or READ.`;
}

/** `Table p:d.t` of a message: of a view, it is one that the view reads. */
function namedIn(refusal: Refusal): string | undefined {
  return refusal
    .find(/(?:Table|View|Dataset|table|dataset) ([\w.:-]+[:.][\w$.-]+)/)
    ?.replace(/:(?=[^:]*$)/, ".")
    .replace(/[.:]+$/, "");
}

function datasetOf(name: string): string {
  return name.split(".").slice(0, 2).join(".");
}

function missing(refusal: Refusal, attempted: Attempted): Explained {
  const dataset = refusal
    .find(/Dataset ([\w.:-]+)/i)
    ?.replace(":", ".")
    .replace(/[.:]+$/, "");
  if (dataset !== undefined && attempted.action !== "read" && attempted.action !== "query")
    return {
      message: `${doing(attempted)}: the dataset ${dataset} is not provisioned yet`,
      hint: "Deploy the manifest first: its gcp.bigQueryDatasets makes the dataset (`nais-etl render` shows it). Deployed already? Then the platform has not made it: Nais Console, or `kubectl describe naisjob`, says why. If someone else makes it, write `dataset: { managed: false }`.",
    };
  const what = dataset === undefined ? (namedIn(refusal) ?? attempted.name) : `dataset ${dataset}`;
  return {
    message: `${doing(attempted)}: there is no ${what}, or it may not be seen`,
    hint: "Is the name right, project first? Data products are moved now and then: look it up in the marketplace. Without any grant on it, BigQuery says the same.",
  };
}

/** One query reads and writes in one location only. */
function locationOf(refusal: Refusal, attempted: Attempted): Explained | undefined {
  const location = refusal.find(/not found in location ([\w-]+)/i);
  if (location !== undefined)
    return {
      message: `${doing(attempted)}: ${namedIn(refusal) ?? "it"} is not in location ${location}`,
      hint: "Another location may have it: write `location:` of the source (EU, US, europe-north1 …). One query reads in one location; a source is read where it lies, and loaded where the output is.",
    };
  if (!refusal.says(/different locations|Cannot read and write in/i)) return undefined;
  return {
    message: `${doing(attempted)}: the tables lie in different locations`,
    hint: "One query reads in one location: make a source of each table, and join them in a model.",
  };
}

function overBudget(refusal: Refusal): Explained {
  return {
    message: `the query was stopped before it began: ${refusal.message}`,
    hint: "Reduce what it reads (columns, where, a partition), or raise `budget: { run: … }`.",
  };
}

function quota(refusal: Refusal, attempted: Attempted): Explained {
  return {
    message: `${doing(attempted)}: a quota is used up: ${refusal.message}`,
    hint: "A daily quota is filled again at midnight Pacific time. See https://cloud.google.com/bigquery/quotas.",
  };
}
