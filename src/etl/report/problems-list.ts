/** What went wrong, where, and what to do. */
import { formatWhere, type Problem } from "../../util/error.ts";
import { html, prose, type Html } from "./html.ts";

export function problemsList(problems: Problem[]): Html {
  const items = problems.map(
    ({
      severity,
      message,
      hint,
      where,
    }) => html`<li class="${severity === "error" ? "failed" : "warned"}"><p><strong>${severity === "error" ? "Error" : "Warning"}</strong>${where ? html` <code>${formatWhere(where)}</code>` : undefined}</p><p class="message">${prose(message)}</p>${hint ? html`<p class="hint">${prose(hint)}</p>` : undefined}</li>
`,
  );
  return html`<ul class="problems">${items}</ul>`;
}
