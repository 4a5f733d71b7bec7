// Writes docs/commands.md: what stands between its comments is made of the commands as they can be typed, and of the exit codes.
// A test holds that the committed page is what this makes.
import { readFileSync, writeFileSync } from "node:fs";
import { makeCommands } from "../src/cli/program.ts";
import { exitCodes } from "../src/util/error.ts";
import { withBreaks } from "./breaks.js";

/** @typedef {import("commander").Command} Command */
/** @typedef {import("commander").Option} Option */
/** @typedef {keyof typeof exitCodes} Code */

const page = new URL("../docs/commands.md", import.meta.url);

/** Where more is told of a command; a test holds that each has a page. @type {Record<string, string>} */
const pages = {
  init: "guide.md#3-a-place-to-work",
  import: "import.md",
  run: "runs.md",
  test: "tests.md",
  show: "guide.md#4-the-transformation",
  query: "guide.md#4-the-transformation",
  sample: "bigquery.md#reading-a-data-product",
  validate: "rules/README.md",
  explain: "manifests.md",
  render: "manifests.md",
  build: "image.md",
  deploy: "deploy.md",
  schema: "pipeline.md#models",
  trigger: "operate.md#run-it-now",
  status: "operate.md#see-what-it-does",
  logs: "operate.md#see-what-it-does",
  cleanup: "operate.md#start-over",
  backfill: "backfill.md",
  plan: "plan.md",
  rollback: "rollback.md",
  why: "why.md",
  report: "report.md",
  doctor: "doctor.md",
};

/** @type {Record<Code, string>} */
const meanings = {
  failed: "the run failed",
  usage: "wrong usage",
  invalid: "an invalid file",
  check: "a test or a check failed",
  deploy: "the deploy or the deployed run failed",
  locked: "another run holds the pipeline",
  interrupted: "stopped by Ctrl-C; nothing is half-published",
  terminated: "stopped by SIGTERM; nothing is half-published",
};

/**
 * @param {string} text the page
 * @returns {string} the page with its generated parts made anew
 */
export function withCommands(text) {
  const program = makeCommands(() => async () => undefined, /** @type {any} */ ({}));
  const parts = {
    commands: overview(program),
    options: shared(program),
    "each command": chapters(program),
    codes: codes(),
  };
  return Object.entries(parts).reduce((rest, [name, part]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!place.test(rest)) throw new Error(`docs/commands.md has no place for ${name}`);
    return rest.replace(place, (_, start, end) => `${start}\n${part}\n${end}`);
  }, text);
}

/** @param {Command} program */
function overview(program) {
  return groups(program)
    .map(([group, commands]) => {
      const rows = commands.map(
        (command) => `| [\`${command.name()}\`](#${command.name()}) | ${escape(command.description())} |\n`,
      );
      return `**${group}**\n\n| command | what it does |\n|---|---|\n${rows.join("")}`;
    })
    .join("\n");
}

/** @param {Command} program @returns {[string, Command[]][]} */
function groups(program) {
  return [...Map.groupBy(program.commands, (command) => command.helpGroup().replace(/:$/, ""))];
}

/** What all commands have in common. @param {Command} program */
function shared(program) {
  return table((program.commands[0]?.options ?? []).filter((option) => isShared(option, program)));
}

/** @param {Option} option @param {Command} program */
function isShared(option, program) {
  return program.commands.every(({ options }) =>
    options.some(({ flags, description }) => flags === option.flags && description === option.description),
  );
}

/** @param {Command} program */
function chapters(program) {
  return groups(program)
    .flatMap(([, commands]) => commands)
    .map((command) => chapter(command, program))
    .join("\n");
}

/** @param {Command} command @param {Command} program */
function chapter(command, program) {
  const name = command.name();
  const more = pages[name];
  if (more === undefined) throw new Error(`no page tells more of ${name}`);
  const [title] = /(?<=^# ).+/m.exec(readFileSync(new URL(more, page), "utf8")) ?? [more];
  const typed = [name, ...command.registeredArguments.map(argument)].join(" ");
  const options = command.options.filter((option) => !isShared(option, program));
  return [
    `### ${name}`,
    `\`nais-etl ${typed}\`: ${escape(command.description())}. More: [${title}](${more}).`,
    `\`\`\`sh\nnpx ${exampleOf(command)}\n\`\`\``,
    ...(options.length > 0 ? [table(options)] : []),
  ].join("\n\n");
}

/** @param {import("commander").Argument} argument */
function argument(argument) {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? "..." : ""}`;
  return argument.required ? name : `[${name}]`;
}

/** As its help shows it. @param {Command} command */
function exampleOf(command) {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const [, example] = /Example:\n {2}(.+)\n/.exec(help) ?? [];
  if (example === undefined) throw new Error(`${command.name()} has no example`);
  return example;
}

/** @param {readonly Option[]} options */
function table(options) {
  return `| option | what it says |\n|---|---|\n${options.map(row).join("")}`;
}

/** @param {Option} option */
function row({ flags, description, mandatory, defaultValue }) {
  const said =
    defaultValue === undefined || description.includes("by default") ? "" : `; by default \`${defaultValue}\``;
  return `| \`${escape(flags)}\`${mandatory ? ", needed" : ""} | ${withBreaks(escape(description))}${said} |\n`;
}

/** Codes that mean several things have one row. */
function codes() {
  const names = /** @type {Code[]} */ (Object.keys(exitCodes));
  const rows = [...Map.groupBy(names, (name) => exitCodes[name])].map(
    ([code, same]) => `| ${code} | ${same.map((name) => meanings[name]).join(", or ")} |\n`,
  );
  return `| exit code | meaning |\n|---|---|\n| 0 | done, or nothing to do |\n${rows.join("")}`;
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("|", "\\|");
}

if (import.meta.main) {
  writeFileSync(page, withCommands(readFileSync(page, "utf8")));
  console.log("wrote docs/commands.md");
}
