/** What can be typed. Each command's options, and the module that carries it out, stand in the file of its part. */
import { Command, CommanderError } from "commander";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { version } from "../util/version.ts";
import type { To } from "./command.ts";
import { addDeployedCommands } from "./deployed.ts";
import { addDevelopCommands } from "./develop.ts";
import { addOperateCommands } from "./operate.ts";
import { addShipCommands } from "./ship.ts";

export interface Program {
  /** @returns the exit code */
  run(args: string[]): Promise<number>;
}

export function createProgram(context: Context): Program {
  let exitCode = 0;
  const program = makeCommands(
    (act) =>
      async (...received) => {
        const command = received.at(-1) as Command;
        exitCode =
          (await act(
            command.optsWithGlobals(),
            command.processedArgs.flat().filter((arg) => arg !== undefined) as string[],
          )) ?? 0;
      },
    context,
  );
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => context.print(text.trimEnd()), writeErr: () => undefined })
      .showHelpAfterError(false);
  return {
    async run(args) {
      if (args.length === 0) {
        program.outputHelp();
        return 2;
      }
      await program.parseAsync(args, { from: "user" }).catch(usageError);
      return exitCode;
    },
  };
}

/** All that can be typed, in the groups of `--help`; docs/commands.md is made of it. */
export function makeCommands(to: To, context: Context): Command {
  const program = new Command("nais-etl")
    .description("Tested, nightly data pipelines on nais from one pipeline.yaml")
    .version(version(), "-V, --version", "print the version")
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .addHelpText(
      "after",
      "\nStart:  nais-etl init my-pipeline && cd my-pipeline && nais-etl test && nais-etl run\nExit codes: 0 done, 1 failed, 2 wrong usage or invalid file, 3 a test or check failed, 4 deploy failed, 5 locked, 130/143 stopped",
    );
  addDevelopCommands(program.commandsGroup("Develop:"), to, context);
  addShipCommands(program.commandsGroup("Ship:"), to, context);
  addDeployedCommands(program.commandsGroup("The deployed job:"), to, context);
  addOperateCommands(program.commandsGroup("Operate:"), to, context);
  return program;
}

/** Commander's way of ending: help and version are no errors; the rest is wrong usage. */
function usageError(error: unknown): void {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return;
  const [message = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
  throw new EtlError({
    code: "usage",
    message,
    hint: [
      ...hints.map((hint) => hint.replace(/^\(|\)$/g, "")),
      "See nais-etl --help, or nais-etl COMMAND --help.",
    ].join("\n"),
  });
}
