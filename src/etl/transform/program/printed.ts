/** What a program prints may be its rows: on target `local` it is shown as it comes, elsewhere its lines are counted. */
import { localTarget } from "../../../spec/target.ts";
import { count } from "../../../util/error.ts";
import type { ProgramRequest } from "./program.ts";

export interface Printed {
  listen: (line: string) => void;
  end: () => void;
}

export function listenTo({ model, pipeline, programs: { context } }: ProgramRequest): Printed {
  let hidden = 0;
  return {
    listen: (line) => {
      if (pipeline.target === localTarget) context.log.info(`${model}: ${line}`);
      else hidden++;
    },
    end: () => {
      if (hidden > 0)
        context.log.info(`${model} printed ${count(hidden, "line")}, shown on target local only: it may hold rows`);
    },
  };
}
