/** What the API refuses as a whole. */
import type { Problem } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";
import { knownClusters } from "./refusal.ts";

export interface Reply {
  ok: boolean;
  status: number;
  text: string;
}

interface Asked {
  cluster: string;
  team: string;
  /** Address of Nais Console. */
  console: string;
}

export function refusedStatus({ status, text }: Reply, order: Asked): Problem {
  const said = messageIn(text);
  const message = `[deploy] the platform answers ${status}${said ? `: ${said}` : ""}`;
  return { severity: "error", rule: "deploy-refused", message, hint: cureOf(status, order) };
}

/** In a field, or as it is; never a whole page. */
function messageIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { error?: unknown; message?: unknown };
    const found = typeof error === "string" ? error : message;
    if (typeof found === "string") return found;
  } catch {
    // It is no JSON.
  }
  return /^\s*</.test(text) ? "" : text.trim().slice(0, 500);
}

function cureOf(status: number, { cluster, team, console }: Asked): string {
  const meant = knownClusters.includes(cluster) ? undefined : nearest(cluster, knownClusters);
  if (status === 400)
    return "It takes no resources of this kind, or more than 5 MB at once. `nais-etl deploy --dry-run` prints what would be sent.";
  if (status === 401)
    return "GitHub's token was not taken. Does the job have `id-token: write`, and is this the Nais Console of your organisation?";
  if (status === 403)
    return `Team \`${team}\` does not let this repository deploy. Somebody of the team adds it: Nais Console → ${team} → Repositories.`;
  if (status === 404)
    return meant === undefined
      ? `Is there a team \`${team}\` with an environment \`${cluster}\`? Else ${console} does not have this API yet: deploy with \`--with nais\`.`
      : `Did you mean \`${meant}\`? The platform knows no environment \`${cluster}\`.`;
  return "The platform has trouble of its own: wait, and run the job again.";
}
