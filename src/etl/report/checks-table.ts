/** What the checks of a run found: those that failed first. */
import { localTarget } from "../../spec/target.ts";
import type { RunRecord } from "../record/run-record.ts";
import { lookText } from "../record/look.ts";
import { count } from "./format.ts";
import { html, type Html } from "./html.ts";
import { checkStates, checkWords, marks } from "./marks.ts";

type Check = RunRecord["checks"][number];

const worst: Check["status"][] = ["fail", "warn", "quarantined", "tolerated", "pass"];

export function checksTable({ checks, target }: RunRecord): Html {
  const sorted = checks.toSorted((a, b) => worst.indexOf(a.status) - worst.indexOf(b.status));
  const rows = sorted.map(
    (
      check,
    ) => html`<tr class="${checkStates[check.status]}"><td>${marks[checkStates[check.status]]} ${checkWords[check.status]}</td><td>${check.table}</td><th scope="row">${check.check}</th><td>${check.found}${lookAt(check, target)}</td></tr>
`,
  );
  return html`<div class="scroll"><table class="checks"><thead><tr><th scope="col">How</th><th scope="col">Table</th><th scope="col">Check</th><th scope="col">Found</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

export function checksSentence({ checks }: RunRecord): string {
  const failed = checks.filter(({ status }) => status === "fail").length;
  const warned = checks.filter(({ status }) => status === "warn").length;
  const aside = checks.filter(({ status }) => status === "quarantined").length;
  const passed = checks.length - failed - warned - aside;
  const parts = [
    failed > 0 ? `${failed} failed` : "",
    warned > 0 ? count(warned, "warning") : "",
    aside > 0 ? `${aside} with rows set aside` : "",
    passed > 0 ? `${passed} passed` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function lookAt(check: Check, target: string): Html | undefined {
  // Rows that were set aside stand in the table no more.
  if (check.status === "pass" || check.status === "quarantined") return undefined;
  return html`<details${check.status === "fail" ? html` open` : undefined}><summary>Look at the rows</summary><code>${lookText(check, { shows: target === localTarget })}</code></details>`;
}
