/** Causes that came with a deploy: another image, other code. */
import type { RunRecord } from "../record/run-record.ts";
import { changedAgain, type Case, type Cause, type Rule } from "./case.ts";
import { errorsOf } from "./told.ts";

/** Another image with the same revision: someone has put it there by hand, or a tag has moved. */
export const image: Rule = (about, record) => {
  const { good, changes } = about;
  const changed = changes.find(({ kind }) => kind === "image");
  if (!good?.image || !changed || good.revision !== record.revision) return undefined;
  return {
    kind: "image",
    what: `the image is another one, though no other commit was deployed: ${changed.before} made the last good run, ${changed.after} this one. ${firstWords(record)}`,
    afterwards: "Find out who has put the other image there: the next deploy by hand brings it back.",
    mend: { by: "deploy", image: good.image, revision: good.revision },
  };
};

export const deploy: Rule = (about, record) => {
  const code = codeChange(about);
  if (code === undefined) return undefined;
  const { good } = about;
  return {
    kind: "deploy",
    what: `${sentence(firstWords(record))} ${capital(code)}`,
    ...(good?.image === undefined && {
      first: `Go back to the last good commit${good?.revision ? ` (${good.revision})` : ""}, or mend the code.`,
    }),
    ...(good?.image !== undefined && { afterwards: comesBack }),
    mend: good?.image === undefined ? changedAgain : { by: "deploy", image: good.image, revision: good.revision },
  };
};

const comesBack = "Mend or revert what was deployed: the next push brings it back.";

/** Beside what mends the code: the image that made the last good run, where this one had another. */
export function backInstead({ good, changes }: Case): Pick<Cause, "instead"> {
  if (good?.image === undefined || !changes.some(({ kind }) => kind === "image")) return {};
  const { image, revision } = good;
  return { instead: { afterwards: comesBack, mend: { by: "deploy", image, revision } } };
}

function firstWords(record: RunRecord): string {
  return errorsOf(record)[0]?.message ?? `exit code ${record.exit_code}`;
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function codeChange({ changes, good }: Case): string | undefined {
  const version = changes.find(({ kind }) => kind === "version");
  const code = changes.find(({ kind }) => kind === "code");
  const changed = code ?? version;
  return good && changed
    ? `it is so since ${changed.what === "nais-etl" ? "another version of nais-etl was deployed" : "a deploy"}: ${changed.what} ${changed.before} → ${changed.after}`
    : undefined;
}
