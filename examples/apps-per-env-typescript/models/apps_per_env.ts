import type { StgApps, Table } from "./types.d.ts";

export function table(stg_apps: Table<StgApps>) {
  return stg_apps.groupBy(
    ["dato", "env", "datacenter"],
    () => ({ antall_apper: 0 }),
    (group) => {
      group.antall_apper++;
    },
  );
}
