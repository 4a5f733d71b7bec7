import type { OrdersPerMonth, StgOrders, Table } from "./types.d.ts";

/** Called once, with all of stg_orders. */
export function table(stg_orders: Table<StgOrders>): OrdersPerMonth[] {
  return stg_orders.groupBy(
    ["month"],
    () => ({ orders: 0, revenue: 0 }),
    (group, { amount }) => {
      group.orders++;
      group.revenue += amount;
    },
  );
}
