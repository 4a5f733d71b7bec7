/** Earlier runs, as bars: how long each took, and how many rows it published. */
import { count, formatNumber, formatSeconds, formatTime } from "./format.ts";
import { html, type Html } from "./html.ts";
import { statusWords, type PastRun } from "./report-run.ts";

const step = 16;
const height = 64;

interface Chart {
  title: string;
  history: PastRun[];
  of: (run: PastRun) => number | undefined;
  format: (value: number) => string;
}

const secondsOf = (run: PastRun) => run.seconds;
const rowsOf = (run: PastRun) => run.rows;

export function historyCharts(history: PastRun[]): Html {
  return html`<div class="charts">${chart({ title: "Time", history, of: secondsOf, format: formatSeconds })}${chart({ title: "Rows published", history, of: rowsOf, format: formatNumber })}</div>
<details><summary>${count(history.length, "run")} as a table</summary>${historyTable(history)}</details>`;
}

/** The last is this run. */
function chart({ title, history, of, format }: Chart): Html {
  const most = Math.max(0, ...history.map((run) => of(run) ?? 0));
  const width = Math.max(10, history.length) * step;
  const bars = history.map((run, i) => bar({ run, i, value: of(run), most, format, isThis: i === history.length - 1 }));
  const own = of(history.at(-1)!);
  return html`<figure><figcaption>${title} <strong>${own === undefined ? "–" : format(own)}</strong><span class="quiet"> at most ${format(most)}</span></figcaption><svg class="history" viewBox="0 0 ${width} ${height + 14}" style="max-width:${Math.round(width * 1.4)}px" role="img" aria-label="${title} of ${count(history.length, "run")}, oldest first">${bars}<line x1="0" y1="${height}" x2="${width}" y2="${height}"/></svg></figure>`;
}

interface Bar {
  run: PastRun;
  i: number;
  value: number | undefined;
  most: number;
  format: (value: number) => string;
  isThis: boolean;
}

function bar({ run, i, value, most, format, isThis }: Bar): Html {
  const tall =
    value === undefined || most === 0 ? 0 : Math.max(value > 0 ? 2 : 0, Math.round((value / most) * (height - 4)));
  const said = `${run.run_id}, ${formatTime(run.started_at)}: ${statusWords[run.status]}${value === undefined ? "" : `, ${format(value)}`}`;
  const sign = isBad(run) ? html`<text x="${i * step + step / 2}" y="${height + 12}">✗</text>` : undefined;
  const here = isThis ? html`<text class="here" x="${i * step + step / 2}" y="${height + 12}">▲</text>` : undefined;
  return html`<g class="${isBad(run) ? "failed" : "done"}${isThis ? " this" : ""}"><title>${said}</title><rect class="hit" x="${i * step}" y="0" width="${step}" height="${height + 14}"/><rect x="${i * step + 2}" y="${height - tall}" width="${step - 4}" height="${tall}" rx="1.5"/>${sign ?? here}</g>`;
}

function isBad({ status }: PastRun): boolean {
  return status === "failed" || status === "interrupted" || status === "killed";
}

function historyTable(history: PastRun[]): Html {
  const rows = history.toReversed().map(
    (
      run,
    ) => html`<tr><th scope="row">${run.run_id}</th><td>${formatTime(run.started_at)}</td><td>${statusWords[run.status]}</td><td class="number">${run.rows === undefined ? "–" : formatNumber(run.rows)}</td><td class="number">${run.seconds === undefined ? "–" : formatSeconds(run.seconds)}</td></tr>
`,
  );
  return html`<div class="scroll"><table><thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col">How it ended</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Time</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}
