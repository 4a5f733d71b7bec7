/** Who works together, and who works alone. */
export interface Turns {
  /** Begins when nobody works alone, and not too many together. */
  together<T>(act: () => Promise<T>): Promise<T>;
  /** Begins when nobody works, in the order in which it was asked for; what is asked for later waits. Not for within another. */
  alone<T>(act: () => Promise<T>): Promise<T>;
}

/** @param most so many work together */
export function createTurns(most: number): Turns {
  const [together, alone] = [new Set<Promise<unknown>>(), new Set<Promise<unknown>>()];
  return {
    async together(act) {
      while (alone.size > 0 || together.size >= most) {
        await (alone.size > 0 ? Promise.allSettled(alone) : Promise.race([...together].map(settled)));
      }
      return listed(together, act());
    },
    alone: (act) => listed(alone, Promise.allSettled([...together, ...alone]).then(act)),
  };
}

const settled = (work: Promise<unknown>) => Promise.allSettled([work]);

async function listed<T>(list: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  list.add(work);
  try {
    return await work;
  } finally {
    list.delete(work);
  }
}
