/** Which change, which nais-etl. */
import { actionVersion } from "../cli.ts";
import { escapeHtml, paragraph } from "../html.ts";
import type { Report } from "../report.ts";

export function origin({ event, cli }: Report): string {
  const parts = [event && whatOf(event), cli, `Action ${actionVersion}`].filter((part) => part !== undefined);
  return paragraph(`<sub>${escapeHtml(parts.join(" · "))}</sub>`);
}

function whatOf({ name, pullRequest, isUntrusted }: NonNullable<Report["event"]>): string {
  if (!pullRequest) return `Event ${name}`;
  const from = pullRequest.fromFork ? " from a fork" : isUntrusted ? " of Dependabot" : "";
  return `Pull request #${pullRequest.number}${from}`;
}
