/** Who works together, and who works alone. */
export interface Turns {
  /** Begins when nobody works alone. */
  together<T>(act: () => Promise<T>): Promise<T>;
  /** Begins when nobody works, in the order in which it was asked for; what is asked for later waits. Not for within another. */
  alone<T>(act: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const [together, alone] = [new Set<Promise<unknown>>(), new Set<Promise<unknown>>()];
  return {
    async together(act) {
      while (alone.size > 0) await Promise.allSettled(alone);
      return listed(together, act());
    },
    alone: (act) => listed(alone, Promise.allSettled([...together, ...alone]).then(act)),
  };
}

async function listed<T>(list: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  list.add(work);
  try {
    return await work;
  } finally {
    list.delete(work);
  }
}
