/** Warnings of libraries, as Node shows them; but for those of what nais-etl tells in its own words. */
import type { Logger } from "../util/log.ts";

/** Google's libraries look for a metadata server, which only machines of Google have: whoever needs it is told what is missing. */
const told = new Set(["MetadataLookupWarning"]);

export function quietWarnings(process: NodeJS.Process, log: Logger): void {
  const shown = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (told.has(warning.name)) log.debug(`${warning.name}: ${warning.message}`);
    else for (const show of shown) show.call(process, warning);
  });
}
