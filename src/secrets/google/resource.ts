/** Which secret of Secret Manager is meant, and where it answers. */
import type { GoogleSecret } from "../../spec/secret.ts";
import type { Context } from "../../util/context.ts";

export interface SecretResource {
  /** Id or number. */
  project: string;
  /** Of a regional secret. */
  location: string | undefined;
  id: string;
}

const pattern = /^projects\/([^/]+)\/(?:locations\/([^/]+)\/)?secrets\/([^/]+)$/;

export function parseResource(name: string): SecretResource | undefined {
  const [, project, location, id] = pattern.exec(name) ?? [];
  return project && id ? { project, location, id } : undefined;
}

export function formatResource({ project, location, id }: SecretResource): string {
  return `projects/${project}${location ? `/locations/${location}` : ""}/secrets/${id}`;
}

export interface FindResource {
  secret: GoogleSecret;
  /** `bigquery.project` of the pipeline: the team's own. */
  project: string | undefined;
  env: Context["env"];
  /** The project of the credentials; asked only when nothing else says it. */
  ownProject: () => Promise<string | undefined>;
}

export type Found = { resource: SecretResource } | { message: string; hint: string; key?: string };

/** On KNADA, KNADA_TEAM_SECRET is `projects/PROJECT/secrets/TEAM`. Source: https://docs.knada.io */
export async function findResource({ secret: { name }, project, env, ownProject }: FindResource): Promise<Found> {
  const team = env["KNADA_TEAM_SECRET"];
  const teamResource = team === undefined ? undefined : parseResource(team);
  if (team !== undefined && !teamResource && (name === undefined || !name.includes("/")))
    return { message: `KNADA_TEAM_SECRET is not projects/PROJECT/secrets/NAME: ${team}`, hint: "Set it right." };
  if (name === undefined) return teamResource ? { resource: teamResource } : nobodySays;
  if (name.includes("${")) return { message: `${name} cannot be resolved`, hint: "Set the variable.", key: "name" };
  const whole = parseResource(name);
  if (whole) return { resource: whole };
  if (name.includes("/"))
    return { message: `${name} is not projects/PROJECT/secrets/NAME`, hint: "Write it so.", key: "name" };
  const own =
    project ??
    env["GCP_TEAM_PROJECT_ID"] ??
    teamResource?.project ??
    env["GOOGLE_CLOUD_PROJECT"] ??
    (await ownProject());
  return own === undefined ? noProject(name) : { resource: { project: own, location: undefined, id: name } };
}

const nobodySays = {
  message: "nothing says which secret of Secret Manager it is",
  hint: "Write `name: my-secret` or `name: projects/PROJECT/secrets/my-secret`; on KNADA, KNADA_TEAM_SECRET says it.",
};

function noProject(name: string) {
  return {
    message: `it is not known in which Google project ${name} is`,
    hint: `Write \`name: projects/PROJECT/secrets/${name}\`, or set GOOGLE_CLOUD_PROJECT. On nais, GCP_TEAM_PROJECT_ID says it.`,
    key: "name",
  };
}
