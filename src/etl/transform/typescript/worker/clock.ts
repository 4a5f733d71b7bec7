/** A clock that stands still, for what a model reads of it. */

const realDate = Date;

export function setClock(now: number | undefined): void {
  globalThis.Date = now === undefined ? realDate : frozenAt(now);
}

function frozenAt(now: number): DateConstructor {
  return class extends realDate {
    constructor(...parts: [] | ConstructorParameters<DateConstructor>) {
      super(...((parts.length === 0 ? [now] : parts) as [number]));
    }
    static override now(): number {
      return now;
    }
  } as DateConstructor;
}
