/** What changes of a run while it is followed, told once. */
import type { Context } from "../../util/context.ts";
import { isOver, type Attempt, type RunState, type StartedRun } from "./platform.ts";

/** So long a pod that is well may need for its first line. */
const silenceMilliseconds = 3 * 60_000;

interface Teller {
  /** A pod that cannot start says nothing; not every platform says why. */
  tellSilence(state: RunState, lines: number): void;
  tell(state: RunState): void;
  /** All that were ever seen, oldest first: pods of earlier ones may be gone. */
  attempts(): Attempt[];
}

/** Each change is told once. */
export function createTeller(run: StartedRun, { log, now }: Context): Teller {
  const begin = now().getTime();
  const told = new Set<string>();
  const seen = new Map<string, Attempt>();
  const once = (key: string, tell: () => void) => {
    if (told.has(key)) return;
    told.add(key);
    tell();
  };
  return {
    attempts: () => [...seen.values()],
    tellSilence({ phase, troubles }, lines) {
      if (lines > 0 || troubles.length > 0 || isOver(phase) || now().getTime() - begin < silenceMilliseconds) return;
      once("silence", () =>
        log.problem({ severity: "warning", message: `${run.name} has said nothing yet`, hint: silenceCure }),
      );
    },
    tell(state) {
      if (!isOver(state.phase)) once(state.phase, () => log.info(`${run.name} is ${state.phase}`, { run: run.name }));
      for (const attempt of state.attempts) seen.set(attempt.pod, attempt);
      const most = state.mostAttempts === undefined ? "" : ` of ${state.mostAttempts}`;
      for (const [i, attempt] of [...seen.values()].entries()) {
        const name = `attempt ${i + 1}${most}`;
        if (attempt.phase === "failed")
          once(`${attempt.pod} failed`, () => log.warn(`${name} failed${codeOf(attempt)}`));
        else if (i > 0) once(`${attempt.pod} began`, () => log.info(`${name}: ${attempt.pod}`));
      }
      for (const { what, cure } of state.troubles)
        once(what, () => log.problem({ severity: "warning", message: what, hint: cure }));
    },
  };
}

const silenceCure =
  "Does its pod start? A secret that is missing, an image that cannot be fetched or too little room look like this: `nais-etl status --with kubectl`, or Nais Console, says which.";

function codeOf({ exitCode }: Attempt): string {
  return exitCode === undefined ? "" : ` (exit code ${exitCode})`;
}
