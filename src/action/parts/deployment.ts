/** What became of the deploy: of each resource, and what the platform said on the way. */
import { count } from "../../util/error.ts";
import { code, heading, paragraph, table } from "../html.ts";
import type { Report } from "../report.ts";

/** More would not be read. */
const mostStatuses = 30;

export function deployment({ results }: Report): string {
  const result = results.find((one) => one.deployment)?.deployment;
  if (!result) return "";
  const { target, team, deployment: sent, resources } = result;
  const { id, state, statuses } = sent;
  const rest = statuses.length - mostStatuses;
  const where = [
    `<b>${code(state)}</b>`,
    `cluster ${code(target)}`,
    `team ${code(team)}`,
    id && `deployment ${code(id)}`,
  ];
  return [
    heading("Deploy", 3),
    paragraph(where.filter(Boolean).join(", ")),
    table(
      ["Resource", "State", "Problem"],
      resources.map((one) => [one.resource, one.state, one.errors.join("; ")]),
    ),
    ...(rest > 0 ? [paragraph(`The last ${mostStatuses} of ${count(statuses.length, "status", "statuses")}:`)] : []),
    table(
      ["Time", "Status", "What the platform says"],
      statuses
        .slice(-mostStatuses)
        .map(({ time = "", state: status, message }) => [time.slice(11, 19), status, message]),
    ),
  ].join("");
}
