/** What the columns of the run's tables look like. */
import { cut } from "../../util/table.ts";
import type { ColumnProfile, ColumnValues, TableProfile } from "../record/table-profile.ts";
import { count, formatNumber, formatShare } from "./format.ts";
import { html, type Html } from "./html.ts";

export interface ColumnsOfTable {
  table: TableProfile;
  description: string | undefined;
  /** Whether there are values to be shown, of any column. */
  hasValues: boolean;
  /** Others are folded. */
  isPublished: boolean;
  /** Also how they are spread, which takes most of the page's size. */
  hasSpread: boolean;
}

export function columnsTable({ table, description, hasValues, hasSpread, isPublished }: ColumnsOfTable): Html {
  const { rows, looked, columns } = table;
  const amount =
    looked === rows ? count(rows, "row") : `${count(rows, "row")}, seen in a sample of ${formatNumber(looked)}`;
  const heads = ["Column", "Type", "NULL", "Distinct", ...(hasValues ? ["Spread", "Range"] : [])];
  const body = columns.map((column) => {
    const cells = hasValues ? valueCells(column, looked, hasSpread) : undefined;
    return html`<tr><th scope="row">${column.name}</th><td>${column.type}</td><td>${nullShare(column, looked, hasSpread)}</td><td>${distinct(column, table)}</td>${cells}</tr>
`;
  });
  return html`<details class="table"${isPublished ? html` open` : undefined}><summary><h3>${table.table}</h3> <span class="quiet">${amount} · ${count(columns.length, "column")}</span></summary>${description ? html`<p class="quiet">${description}</p>` : undefined}<div class="scroll"><table class="columns"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>
${body}</tbody></table></div></details>`;
}

function nullShare({ nulls }: ColumnProfile, looked: number, hasSpread: boolean): Html {
  const share = formatShare(nulls, looked);
  if (nulls === 0 || !hasSpread) return html`${share}`;
  const width = Math.max(2, Math.round((nulls / looked) * 60));
  return html`<svg class="share" viewBox="0 0 60 6" aria-hidden="true"><path d="M0 0h${width}v6H0z"/></svg>${share}`;
}

function distinct({ distinct: found, nulls }: ColumnProfile, { looked, rows }: TableProfile): string {
  if (found === undefined) return "–";
  if (looked < rows) return `≥ ${formatNumber(found)}`;
  return found > 1 && found === looked - nulls ? `${formatNumber(found)} (all)` : formatNumber(found);
}

function valueCells({ values, nulls }: ColumnProfile, looked: number, hasSpread: boolean): Html {
  if (!values) return html`<td colspan="2">not shown</td>`;
  if (!hasSpread) return html`<td></td><td>${range({ min: values.min, max: values.max })}</td>`;
  const { top, histogram } = values;
  const spread = top ? topValues(top, looked - nulls) : histogram ? histogramSvg(histogram) : undefined;
  return html`<td>${spread}</td><td>${range(values)}</td>`;
}

/** Where every value is shown, their ends say no more. */
function range({ min, max, mean, quartiles, top }: ColumnValues): Html | undefined {
  if (min === undefined || max === undefined || top) return undefined;
  const ends = min === max ? html`${shorten(min)}` : html`${shorten(min)} <i>to</i> ${shorten(max)}`;
  const middle =
    quartiles && min !== max
      ? `median ${shorten(quartiles[1])}, half from ${shorten(quartiles[0])} to ${shorten(quartiles[2])}`
      : "";
  const rest = [middle, mean !== undefined && min !== max ? `mean ${shorten(mean)}` : ""].filter((part) => part !== "");
  return html`${ends}${rest.length > 0 ? html`<small>${rest.join(", ")}</small>` : undefined}`;
}

const longest = 32;

/** FLOAT64 with as many digits as a person reads, long texts cut. */
function shorten(text: string): string {
  const digits = /^-?\d+\.\d{7,}$/.test(text) ? String(Number(Number(text).toPrecision(6))) : text;
  return cut(digits, longest);
}

/** One path for all bars, each drawn from its foot: with many columns that is what keeps a report small. */
function histogramSvg(counts: number[]): Html {
  const most = Math.max(...counts);
  const bars = counts.map((amount) => {
    const height = amount === 0 ? 0 : Math.max(1, Math.round((amount / most) * 26));
    return height === 0 ? "m6 0" : `v-${height}h5v${height}m1 0`;
  });
  return html`<svg class="histogram" viewBox="0 0 ${counts.length * 6 - 1} 28" aria-hidden="true"><path d="M0 28${bars}"/></svg>`;
}

function topValues(top: { value: string; count: number }[], of: number): Html {
  const rest = of - top.reduce((sum, { count: amount }) => sum + amount, 0);
  const items = top.map(
    ({ value, count: amount }, i) =>
      html`<li class="s${i}">${value === "" ? html`<em>empty</em>` : shorten(value)} <i>${formatShare(amount, of)}</i></li>`,
  );
  const others = rest > 0 ? html`<li class="s${top.length}"><i>others ${formatShare(rest, of)}</i></li>` : undefined;
  return html`${topBar([...top.map(({ count: amount }) => amount), rest], of)}<ul class="top">${items}${others}</ul>`;
}

function topBar(amounts: number[], of: number): Html {
  let start = 0;
  const parts = amounts.map((amount, i) => {
    const [x, width] = [Math.round((start / of) * 200), Math.round((amount / of) * 200)];
    start += amount;
    return amount > 0
      ? html`<path class="s${i}" d="M${x} 0h${Math.max(1, width - 1)}v8h-${Math.max(1, width - 1)}z"/>`
      : undefined;
  });
  return html`<svg class="topbar" viewBox="0 0 200 8" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}
