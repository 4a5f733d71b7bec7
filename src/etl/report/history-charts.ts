/** Earlier runs, as bars: how long each took, and how many rows it published; between them, intervals that are missing. */
import { count, formatNumber, formatSeconds, formatTime } from "./format.ts";
import { html, prose, type Html } from "./html.ts";
import { endWords, missingWords, rangeOf, withGaps, type Gap, type Past } from "./gaps-between.ts";
import type { Missing, PastRun } from "./report-run.ts";

const step = 16;
const height = 64;

interface Chart {
  title: string;
  past: Past[];
  missing: Missing | undefined;
  of: (run: PastRun) => number | undefined;
  format: (value: number) => string;
}

const secondsOf = (run: PastRun) => run.seconds;
const rowsOf = (run: PastRun) => run.rows;

export function historyCharts(history: PastRun[], missing?: Missing): Html {
  const past = withGaps(history, missing);
  return html`${missing && missingNote(missing)}<div class="charts">${chart({ title: "Time", past, missing, of: secondsOf, format: formatSeconds })}${chart({ title: "Rows published", past, missing, of: rowsOf, format: formatNumber })}</div>
<details><summary>${count(history.length, "run")} as a table</summary>${historyTable(past)}</details>`;
}

function missingNote(missing: Missing): Html {
  return html`<p class="missing"><span class="sign warned" aria-hidden="true">!</span> ${missingWords(missing)} ${prose(`\`${missing.command}\``)}</p>`;
}

/** The last is this run. */
function chart({ title, past, missing, of, format }: Chart): Html {
  const runs = past.filter((one): one is Shown => !isGap(one));
  const most = Math.max(0, ...runs.map((run) => of(run) ?? 0));
  const width = Math.max(10, past.length) * step;
  const bars = past.map((one, i) =>
    isGap(one)
      ? gapMark({ gap: one, i, missing: missing! })
      : bar({ run: one, i, value: of(one), most, format, isThis: i === past.length - 1 }),
  );
  const own = of(runs.at(-1)!);
  const lacking = missing ? `, with ${count(missing.intervals.length, `missing ${missing.every}`)}` : "";
  return html`<figure><figcaption>${title} <strong>${own === undefined ? "–" : format(own)}</strong><span class="quiet"> at most ${format(most)}</span></figcaption><svg class="history" viewBox="0 0 ${width} ${height + 14}" style="max-width:${Math.round(width * 1.4)}px" role="img" aria-label="${title} of ${count(runs.length, "run")}, oldest first${lacking}">${bars}<line x1="0" y1="${height}" x2="${width}" y2="${height}"/></svg></figure>`;
}

type Shown = Exclude<Past, Gap>;

function isGap(one: Past): one is Gap {
  return "intervals" in one;
}

interface GapMark {
  gap: Gap;
  i: number;
  missing: Missing;
}

function gapMark({ gap: { intervals }, i, missing: { every } }: GapMark): Html {
  const said = `${rangeOf(intervals)}: missing, no run of ${count(intervals.length, every)} is known here`;
  return html`<g class="gap"><title>${said}</title>${hitArea(i)}${missingMark(i)}<text x="${i * step + step / 2}" y="${height + 12}">!</text></g>`;
}

/** What readers lack, whether a run is known of it or not. */
function missingMark(i: number): Html {
  return html`<rect class="lacks" x="${i * step + 2}" y="4" width="${step - 4}" height="${height - 4}" rx="1.5"/>`;
}

function hitArea(i: number): Html {
  return html`<rect class="hit" x="${i * step}" y="0" width="${step}" height="${height + 14}"/>`;
}

interface Bar {
  run: Shown;
  i: number;
  value: number | undefined;
  most: number;
  format: (value: number) => string;
  isThis: boolean;
}

function bar({ run, i, value, most, format, isThis }: Bar): Html {
  const tall =
    value === undefined || most === 0 ? 0 : Math.max(value > 0 ? 2 : 0, Math.round((value / most) * (height - 4)));
  const said = `${run.run_id}, ${formatTime(run.started_at)}: ${endWords(run)}${value === undefined ? "" : `, ${format(value)}`}`;
  const sign = isBad(run) ? html`<text x="${i * step + step / 2}" y="${height + 12}">✗</text>` : undefined;
  const here = isThis ? html`<text class="here" x="${i * step + step / 2}" y="${height + 12}">▲</text>` : undefined;
  return html`<g class="${isBad(run) ? "failed" : "done"}${isThis ? " this" : ""}"><title>${said}</title>${hitArea(i)}<rect x="${i * step + 2}" y="${height - tall}" width="${step - 4}" height="${tall}" rx="1.5"/>${run.missing ? missingMark(i) : undefined}${sign ?? here}</g>`;
}

function isBad({ status }: PastRun): boolean {
  return status === "failed" || status === "interrupted" || status === "killed";
}

function historyTable(past: Past[]): Html {
  const rows = past.toReversed().map((one) => (isGap(one) ? gapRow(one) : runRow(one)));
  return html`<div class="scroll"><table><thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col">How it ended</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Time</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function runRow(run: Shown): Html {
  return html`<tr><th scope="row">${run.run_id}</th><td>${formatTime(run.started_at)}</td><td>${endWords(run)}</td><td class="number">${run.rows === undefined ? "–" : formatNumber(run.rows)}</td><td class="number">${run.seconds === undefined ? "–" : formatSeconds(run.seconds)}</td></tr>
`;
}

function gapRow({ intervals }: Gap): Html {
  return html`<tr class="gap"><th scope="row">${rangeOf(intervals)}</th><td>–</td><td>Missing</td><td class="number">–</td><td class="number">–</td></tr>
`;
}
