/** Secret Manager's refusals in words that help: which account needs which role on which secret, what to enable or to pin. */
import type { Endpoint } from "../../util/endpoint.ts";
import { messageOf } from "../../util/error.ts";
import { credentialsHint } from "../../util/google-account.ts";
import { DamagedPayload } from "./client.ts";
import { formatResource, type SecretResource } from "./resource.ts";

export interface Refused {
  error: unknown;
  resource: SecretResource;
  /** As it was asked for: a number, or `latest`. */
  version: string;
  endpoint: Endpoint;
  /** Whose credentials they are; undefined where Google does not tell. */
  email: string | undefined;
}

export interface Explained {
  message: string;
  hint: string;
  key?: string;
}

/** Source: https://grpc.io/docs/guides/status-codes */
const status = { invalidArgument: 3, notFound: 5, denied: 7, precondition: 9, unauthenticated: 16 };

export function explainRefusal(refused: Refused): Explained {
  const { error, resource, endpoint } = refused;
  const { code, details = messageOf(error) } = error as { code?: number; details?: string };
  const name = formatResource(resource);
  if (error instanceof DamagedPayload)
    return { message: `${name} arrived damaged, several times: ${error.message}`, hint: "Run it again." };
  if (/Could not load the default credentials|Unable to detect a Project Id/.test(details))
    return { message: "there are no Google credentials here", hint: credentialsHint };
  if (code === status.denied) return denied(refused, details);
  if (code === status.notFound) return notFound(refused);
  if (code === status.precondition) return notEnabled(refused, details);
  if (code === status.unauthenticated)
    return {
      message: `Secret Manager does not take the credentials`,
      hint: "Log in anew: gcloud auth application-default login. In a pod, see `nais-etl doctor`.",
    };
  if (code === status.invalidArgument)
    return { message: `Secret Manager does not know what ${name} is`, hint: "Is the name right?", key: "name" };
  return {
    message: `${endpoint.host} gives no answer for ${name} (${nameOf(code)})`,
    hint: endpoint.isLoopback
      ? "Is the server at its `endpoint` running?"
      : "It was tried again for a minute. Is the network there? In a pod, Google's own addresses need no rule under `accessPolicy`; a regional secret's does, and `nais-etl render` writes it.",
  };
}

const role = "roles/secretmanager.secretAccessor";

function denied({ resource, email }: Refused, details: string): Explained {
  const { project, location, id } = resource;
  if (/has not been used in project|is disabled/.test(details))
    return {
      message: `the Secret Manager API is not enabled in the project ${project}`,
      hint: `gcloud services enable secretmanager.googleapis.com --project=${project}`,
    };
  const who = email ?? "the account that the pipeline runs as";
  const member = email
    ? `${email.endsWith(".gserviceaccount.com") ? "serviceAccount" : "user"}:${email}`
    : "serviceAccount:EMAIL";
  const command = [
    `gcloud secrets add-iam-policy-binding ${id} --project=${project}${location ? ` --location=${location}` : ""}`,
    `--member=${member} --role=${role}`,
  ].join(" ");
  const account = email ? "" : "\n`nais-etl explain` prints a Naisjob's service account.";
  return {
    message: `${who} may not read ${formatResource(resource)}, or there is no such secret`,
    hint: `Somebody who owns the secret gives it ${role}:\n${command}${account}`,
  };
}

function notFound({ resource, version }: Refused): Explained {
  const { project, location, id } = resource;
  const place = `--project=${project}${location ? ` --location=${location}` : ""}`;
  const name = formatResource(resource);
  if (version !== "latest")
    return {
      message: `${name} has no version ${version}`,
      hint: `gcloud secrets versions list ${id} ${place}`,
      key: "version",
    };
  return {
    message: `there is no secret ${name}, or it has no version yet`,
    hint: `gcloud secrets list ${place}\nA version is added with: gcloud secrets versions add ${id} ${place} --data-file=-`,
    key: "name",
  };
}

function notEnabled({ resource, version }: Refused, details: string): Explained {
  const { project, location, id } = resource;
  const number = /\/versions\/(\d+)\]/.exec(details)?.[1] ?? version;
  const place = `--secret=${id} --project=${project}${location ? ` --location=${location}` : ""}`;
  const what = `version ${number} of ${formatResource(resource)}`;
  const newest = version === "latest" ? " `latest` is the newest version, enabled or not." : "";
  if (/DESTROYED/.test(details))
    return {
      message: `${what} is destroyed, and its value is gone`,
      hint: `Add a new version, or pin another one with \`version:\`.${newest}`,
      key: "version",
    };
  return {
    message: `${what} is disabled`,
    hint: `Enable it, or pin another one with \`version:\`.${newest}\ngcloud secrets versions enable ${number} ${place}`,
    key: "version",
  };
}

const names: Record<number, string> = {
  2: "UNKNOWN",
  4: "DEADLINE_EXCEEDED",
  8: "RESOURCE_EXHAUSTED",
  10: "ABORTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
};

function nameOf(code: number | undefined): string {
  return code === undefined ? "no connection" : (names[code] ?? `gRPC status ${code}`);
}
