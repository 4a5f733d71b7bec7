/** A table over the Storage Read API; the server sends batches that are made beforehand. */
import { fileURLToPath } from "node:url";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";
import { atLeast, atMost, heading, report, rows, verdict, type Summary } from "./table.ts";

/** Rows a second that reading must reach; CPU beside Google's client; how much faster the server must be than we are. */
const bounds = { rowsPerSecond: 1_000_000, cpuRatio: 1, serverRatio: 3 };

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export async function benchReading(server: BigQueryServer, python: string | undefined): Promise<boolean> {
  await server.replay({
    table: "bench.big",
    rows,
    query: `
      SELECT id, CONCAT('name_', CAST(MOD(id * 7919, 5000) AS STRING)) AS name, DATE_ADD(DATE '2020-01-01', INTERVAL MOD(id, 1000) DAY) AS day,
        id / 7 AS value, TIMESTAMP_ADD(TIMESTAMP '2022-01-20 07:00:00', INTERVAL id SECOND) AS seen
      FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS id`,
  });
  console.log();
  heading("reader");
  const drained = await report("bytes only", server, [process.execPath, path("drain.ts")]);
  const ours = await report("nais-etl", server, [process.execPath, path("ours.ts")]);
  const theirs = python ? await report("python to_arrow", server, [python, path("theirs.py")]) : undefined;
  return judge({ drained, ours, theirs });
}

interface Summaries {
  drained: Summary;
  ours: Summary;
  theirs: Summary | undefined;
}

function judge({ drained, ours, theirs }: Summaries): boolean {
  console.log(`\nFor each CPU second of the server's, ours took ${(ours.cpu / ours.serverCpu).toFixed(2)}.`);
  const ratio = drained.rowsPerSecond / ours.rowsPerSecond;
  const good = [
    verdict("the server's speed beside ours", { is: ratio, bound: bounds.serverRatio, holds: atLeast }),
    verdict("rows a second", { is: ours.alone, bound: bounds.rowsPerSecond, holds: atLeast }),
  ];
  if (theirs)
    good.push(verdict("our CPU beside Python's", { is: ours.cpu / theirs.cpu, bound: bounds.cpuRatio, holds: atMost }));
  return good.every(Boolean);
}
