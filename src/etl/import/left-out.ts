/** Statements that a pipeline has no use for: what it does by itself, and what goes with its functions. */
import { mentions } from "./kept.ts";
import { assignmentOf, callsIn, textOf } from "./python.ts";
import { note } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { environmentIn } from "./value.ts";
import type { Walk } from "./walk.ts";

const silent =
  /^(?:bigquery\.|storage\.|secretmanager\.)?(?:Client|SecretManagerServiceClient|LoadJobConfig|QueryJobConfig)$|load_dotenv$|basicConfig$|getLogger$|filterwarnings$|set_option$|^(?:time\.)?sleep$/;

/** What a pipeline does by itself, or has no use for. */
export function isHousekeeping(node: SyntaxNode, walk: Walk): boolean {
  const { script } = walk;
  const value =
    assignmentOf(node, script)?.value ?? (node.name === "ExpressionStatement" ? node.firstChild! : undefined);
  if (!value) return false;
  if (
    environmentIn({ ...script, root: node }).length > 0 &&
    callsIn(node, script).every(({ name }) => /environ|getenv|int|str/.test(name))
  )
    return true;
  if (value.name !== "CallExpression") return false;
  const [{ name } = { name: "" }] = callsIn(value, script);
  if (silent.test(name) || /(?:^|\.)(?:Client|SchemaField)$/.test(name)) return true;
  if (/^(print|logging\.\w+|logger\.\w+|log\.\w+)$/.test(name)) {
    walk.notes.push(
      note(
        node,
        walk,
        "models write no log",
        "Rows, seconds and checks of each step are told by the run; values of rows are never logged in a pod.",
      ),
    );
    return true;
  }
  if (/\.(result|query|close)$/.test(name) || ["result", "close"].includes(name)) {
    if (name.endsWith(".query") && !isRead(node, walk))
      walk.notes.push(
        note(
          node,
          walk,
          "a statement for BigQuery, whose rows nobody takes",
          "Outputs publish by themselves. If it prepares a table, do it once, in the console.",
        ),
      );
    return true;
  }
  return false;
}

/** A constant of the script, which goes with the functions that use it: nothing of it comes of rows. */
export function isConstant(node: SyntaxNode, walk: Walk): boolean {
  const assigned = assignmentOf(node, walk.script);
  if (!assigned || node.parent?.name !== "Script") return false;
  const text = textOf(assigned.value, walk.script);
  const made = walk.kept.flatMap((kept) => /^(\w+)/.exec(kept.text)?.[1] ?? []);
  return ![...walk.reads.map(({ variable }) => variable), ...made, ...walk.answers.keys()].some((name) =>
    mentions(text, name),
  );
}

/** Whether somebody asks for the job's rows later: `job = client.query(…)`, `job.to_dataframe()`. */
function isRead(node: SyntaxNode, { script }: Walk): boolean {
  const name = assignmentOf(node, script)?.name;
  return name !== undefined && new RegExp(`\\b${name}\\.(result\\(\\)\\.)?to_(dataframe|pandas)`).test(script.text);
}
