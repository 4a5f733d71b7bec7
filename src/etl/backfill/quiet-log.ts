/** What is heard of the runs of a backfill: what went wrong. Their steps are details. */
import type { Fields, Logger } from "../../util/log.ts";

/** @param of the interval, where several speak at the same time */
export function quietLog(log: Logger, of: string | undefined): Logger {
  const named = (text: string) => (of === undefined ? text : `${of}: ${text.trimStart()}`);
  const marked = (fields?: Fields) => (of === undefined ? fields : { ...fields, interval: of });
  const debug: Logger["debug"] = (text, fields) => log.debug(named(text), marked(fields));
  return {
    ...log,
    debug,
    info: debug,
    warn: (text, fields) => log.warn(named(text), marked(fields)),
    error: (text, fields) => log.error(named(text), marked(fields)),
    problem: (problem) => log.problem({ ...problem, message: named(problem.message) }),
  };
}
