/**
 * Which transaction may change which table. BigQuery lets one at a time UPDATE, DELETE, MERGE or TRUNCATE a table: of two
 * transactions the later is cancelled, and a statement outside a transaction waits. INSERTs and loads never collide.
 * https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency
 */
import { invalidQuery } from "../api-error.ts";
import { showTable, type TableName } from "../catalog/name.ts";

export interface Transaction {
  id: string;
  /** Counts what had been committed when it began. */
  began: number;
  /** What it wrote to, and what of that it changed in place. */
  touched: Set<string>;
  changed: Set<string>;
}

export interface TableLocks {
  begin(id: string): Transaction;
  /** An INSERT within a transaction: it keeps a change of schema away until the end. */
  insert(transaction: Transaction, table: TableName): Promise<void>;
  /** @throws ApiError where another transaction changes the table, or has since this one began. */
  change(transaction: Transaction, table: TableName): void;
  end(transaction: Transaction, committed: boolean): void;
  /** Changes a table outside a transaction, once nobody else is at it. */
  alone<T>(table: TableName, act: () => Promise<T>): Promise<T>;
  /** Adds rows outside a transaction: only a change of schema or of rows outside transactions is waited for. */
  append<T>(table: TableName, act: () => Promise<T>): Promise<T>;
}

export function makeLocks(): TableLocks {
  let clock = 0;
  const active = new Set<Transaction>();
  const changedAt = new Map<string, number>();
  const alone = new Set<string>();
  const appending: string[] = [];
  const queue = makeQueue();
  const isUsed = (name: string) =>
    alone.has(name) || appending.includes(name) || [...active].some(({ touched }) => touched.has(name));
  return {
    begin(id) {
      const transaction = { id, began: clock, touched: new Set<string>(), changed: new Set<string>() };
      active.add(transaction);
      return transaction;
    },
    async insert(transaction, table) {
      await queue.until(() => !alone.has(showTable(table)));
      transaction.touched.add(showTable(table));
    },
    change(transaction, table) {
      const name = showTable(table);
      const others = [...active].some((it) => it !== transaction && it.changed.has(name));
      const isLate = (changedAt.get(name) ?? 0) > transaction.began;
      if (others || isLate || alone.has(name)) throw conflict(name, transaction);
      transaction.touched.add(name);
      transaction.changed.add(name);
    },
    end(transaction, committed) {
      active.delete(transaction);
      if (committed && transaction.changed.size > 0) clock += 1;
      if (committed) for (const name of transaction.changed) changedAt.set(name, clock);
      queue.wake();
    },
    async alone(table, act) {
      const name = showTable(table);
      await queue.until(() => !isUsed(name));
      alone.add(name);
      try {
        return await act();
      } finally {
        alone.delete(name);
        clock += 1;
        changedAt.set(name, clock);
        queue.wake();
      }
    },
    async append(table, act) {
      const name = showTable(table);
      await queue.until(() => !alone.has(name));
      appending.push(name);
      try {
        return await act();
      } finally {
        appending.splice(appending.indexOf(name), 1);
        queue.wake();
      }
    },
  };
}

/** Those who wait look again each time that something ended. */
function makeQueue() {
  let waiters: (() => void)[] = [];
  return {
    async until(isReady: () => boolean): Promise<void> {
      while (!isReady()) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    wake(): void {
      const woken = waiters;
      waiters = [];
      for (const it of woken) it();
    },
  };
}

const conflict = (name: string, { id }: Transaction) =>
  invalidQuery(`Transaction is aborted due to concurrent update against table ${name}. Transaction ID: ${id}`);
