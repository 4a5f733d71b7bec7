/** The report of a run as one HTML file: no script that it needs, nothing from any network. */
import { createHash } from "node:crypto";
import { localTarget } from "../../spec/target.ts";
import { checksSentence, checksTable } from "./checks-table.ts";
import { columnsTable } from "./columns-table.ts";
import { count, formatTime } from "./format.ts";
import { graphOf } from "./graph-nodes.ts";
import { graphSvg } from "./graph-svg.ts";
import { historyCharts } from "./history-charts.ts";
import { html, Html, type Part } from "./html.ts";
import { problemsList } from "./problems-list.ts";
import { statusOf, statusSigns, statusWords, type ReportRun } from "./report-run.ts";
import { mainFacts, otherFacts, outcomeOf } from "./run-facts.ts";
import { stepsTable } from "./steps-table.ts";
import { style } from "./style.ts";

/** What is folded away is printed all the same. */
const script = `addEventListener("beforeprint",()=>{for(const it of document.querySelectorAll("details"))it.open=true})`;
const scriptHash = createHash("sha256").update(script).digest("base64");
/** Should a text ever be taken for HTML after all, no script of it runs, and nothing is fetched. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${scriptHash}'`;

export function reportPage(run: ReportRun): string {
  const { record, description } = run;
  const { pipeline, problems, checks } = record;
  const status = statusOf(run);
  const graph = graphOf(record);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="nais-etl-run" content="${record.execution}">
<title>${pipeline}: ${statusWords[status].toLowerCase()}, ${record.run_id}</title>
<style>${new Html(style)}</style></head>
<body class="${status}">
<header><p class="over">nais-etl · run ${record.run_id}</p><h1>${pipeline}</h1>${description ? html`<p class="lead">${description}</p>` : undefined}
<p class="outcome"><span class="status"><span aria-hidden="true">${statusSigns[status]}</span> ${statusWords[status]}</span> ${outcomeOf(record, status)}</p>
${factsList(mainFacts(record), "facts")}</header>
<main>
${problems.length > 0 ? section("problems", "Problems", problemsList(problems)) : undefined}
${graph.nodes.length > 0 ? section("graph", "From sources to outputs", html`<div class="scroll picture">${graphSvg(graph)}</div>${legend}`) : undefined}
${section("steps", "Steps", stepsTable(record))}
${checks.length > 0 ? section("checks", "Checks", checksTable(record), checksSentence(record)) : undefined}
${columnsSection(run)}
${historySection(run)}
${section("run", "This run", factsList(otherFacts(record), "facts small"))}
</main>
<footer><p>Written by nais-etl ${record.nais_etl} at ${formatTime(record.finished_at)}.</p></footer>
<script>${new Html(script)}</script>
</body></html>
`.text;
}

function section(id: string, title: string, body: Part, note?: string): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}${note ? html` <small>${note}</small>` : undefined}</h2>${body}</section>`;
}

function historySection({ history, missing }: ReportRun): Html {
  const isFirst = history.length < 2 && !missing;
  if (isFirst)
    return section("history", historyTitle, html`<p class="quiet">This is the first run that is known here.</p>`);
  const last = `the last ${count(history.length, "run")}, this one at the right`;
  return section("history", historyTitle, historyCharts(history, missing), history.length > 1 ? last : undefined);
}

const historyTitle = "Earlier runs";

function factsList(facts: [string, string][], name: string): Html {
  return html`<dl class="${name}">${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const legend = html`<p class="legend quiet"><span class="sign done">✓</span> done <span class="sign warned">!</span> with warnings <span class="sign failed">✗</span> failed <span class="sign skipped">–</span> skipped <span class="sign idle">·</span> not reached</p>`;

/** Of more columns the spread is left out: nobody looks at them all, and the page stays small. */
const mostSpread = 200;

function columnsSection({ record, profile, descriptions }: ReportRun): Html | undefined {
  if (profile.length === 0) return undefined;
  const hasValues = profile.some(({ columns }) => columns.some(({ values }) => values !== undefined));
  const published = new Set(Object.values(record.graph.outputs));
  let columns = 0;
  const tables = profile.map((table) => {
    columns += table.columns.length;
    const hasSpread = columns <= mostSpread;
    const isPublished = published.has(table.table);
    return columnsTable({ table, description: descriptions[table.table], hasValues, hasSpread, isPublished });
  });
  const all = new Set(record.models.filter(({ kind }) => kind === "table").map(({ name }) => name));
  for (const { table } of profile) all.delete(table);
  const rest =
    all.size > 0 ? html`<p class="quiet">Not looked at, to keep the run short: ${[...all].join(", ")}.</p>` : undefined;
  return section("columns", "Columns", [...tables, ...(rest ? [rest] : [])], noteOn(record.target, hasValues));
}

function noteOn(target: string, hasValues: boolean): string | undefined {
  if (target !== localTarget) return "counts only: values are shown on target local";
  return hasValues ? undefined : "counts only: values are kept in the report of the last run";
}
