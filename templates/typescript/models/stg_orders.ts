import type { Orders, StgOrders } from "./types.d.ts";

/** Called for each order. Orders that count: null leaves a row out. */
export function row(orders: Orders): StgOrders | null {
  const { order_id, ordered_at, status, amount } = orders;
  if (status === "cancelled") return null;
  return { order_id, month: `${ordered_at.slice(0, 7)}-01`, amount };
}
