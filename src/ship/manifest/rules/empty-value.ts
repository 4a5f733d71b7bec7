import type { Rule } from "../rule.ts";

export const emptyValue: Rule = {
  name: "empty-value",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "A key without a value",
  why: "The cluster takes it as if the key were not there. Often the lines below it lost their indentation, or a template put nothing in its place.",
  cure: "Indent the lines that belong below it. Where none do, give it a value, or remove it.",
  bad: "env:\nbackoffLimit: 2",
  good: "env: []\nbackoffLimit: 2",
  *check({ empty }) {
    for (const path of empty) {
      if (path[0] !== "spec") continue;
      yield {
        path: path.slice(0, -1),
        key: String(path.at(-1)),
        message: `\`${String(path.at(-1))}\` has no value, and counts as left out`,
      };
    }
  },
};
