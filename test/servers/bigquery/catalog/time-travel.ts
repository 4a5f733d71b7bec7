/**
 * Tables as they were: after each change a copy, where a test asks for it. https://cloud.google.com/bigquery/docs/time-travel
 */
import { invalidQuery } from "../api-error.ts";
import type { Field } from "../value/field.ts";
import { findTable, type Catalog, type Table } from "./catalog.ts";
import { showTable } from "./name.ts";

interface Version {
  /** Milliseconds since 1970. */
  at: number;
  physical: string;
  fields: Field[];
}

export interface Past {
  versions: Version[];
  /** Copies the table as it stands now. */
  remember(): void;
}

export function startPast(catalog: Catalog, table: Table): Past {
  const past: Past = {
    versions: [],
    remember() {
      const physical = catalog.nextPhysical();
      past.versions.push({ at: Date.now(), physical, fields: table.fields });
      const from = table.physical;
      const isThere = () => findTable(catalog, table) === table && table.physical === from;
      const copy = async () => {
        const sql = `CREATE TABLE ${physical} AS SELECT * FROM ${from}`;
        // Nobody asks how a table was that has gone meanwhile; one that somebody is just making, is copied the next time.
        await catalog.database
          .with((session) => session.run(sql))
          .catch(() => isThere() && catalog.remembering.push(copy));
      };
      catalog.remembering.push(copy);
    },
  };
  past.remember();
  return past;
}

/** Makes the copies that are due. A transaction that has just changed a table is seen by others only when it has ended. */
export function rememberAll(catalog: Catalog): Promise<void> {
  const before = catalog.remembered;
  const due = catalog.remembering.splice(0);
  const copyAll = async () => {
    await before;
    for (const copy of due) await copy();
  };
  return (catalog.remembered = copyAll());
}

/** @throws ApiError 400 where it reaches further back than the table, or ahead */
export function tableAt(table: Table, at: Date): Table {
  const time = at.getTime();
  if (time > Date.now())
    throw invalidQuery(`Invalid snapshot time ${time} for table ${showTable(table)}: it is in the future`);
  if (!table.past)
    throw invalidQuery(
      "Invalid value for FOR SYSTEM_TIME AS OF: the BigQuery test server keeps no tables as they were: start it with the option timeTravel",
    );
  const version = table.past.versions.findLast((it) => it.at <= time);
  if (!version)
    throw invalidQuery(
      `Invalid snapshot time ${time} for table ${showTable(table)}@${time}. Cannot read before ${table.created}.`,
    );
  const { size: _, ...rest } = table;
  return { ...rest, physical: version.physical, fields: version.fields };
}
