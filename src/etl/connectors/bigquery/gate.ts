/**
 * How much may be on its way: bytes that came over the wire and are not used up yet. Streams that bring more wait,
 * and with them, by HTTP/2's flow control, who sends.
 */
export interface Gate {
  /** A share of it, for one stream. */
  open(): Share;
}

export interface Share {
  /** Resolves when there is room. A thing larger than the whole gate passes alone. */
  take(bytes: number): Promise<void>;
  give(bytes: number): void;
  /** Gives back what the stream still holds: it has broken, or nobody wants more of it. */
  close(): void;
}

interface Waiting {
  bytes: number;
  enter: () => void;
}

export function createGate(capacity: number): Gate {
  let used = 0;
  const queue: Waiting[] = [];
  const admit = () => {
    while (queue.length > 0 && (used === 0 || used + queue[0]!.bytes <= capacity)) {
      const { bytes, enter } = queue.shift()!;
      used += bytes;
      enter();
    }
  };
  const release = (bytes: number) => {
    used -= bytes;
    admit();
  };
  return { open: () => openShare({ enqueue: (one) => (queue.push(one), admit()), release }) };
}

function openShare({ enqueue, release }: { enqueue: (one: Waiting) => void; release: (bytes: number) => void }): Share {
  let held = 0;
  let closed = false;
  return {
    take: (bytes) =>
      new Promise((resolve) => {
        const enter = () => {
          // Who waited for a stream that is gone takes nothing.
          if (closed) return release(bytes);
          held += bytes;
          resolve();
        };
        enqueue({ bytes, enter });
      }),
    give(bytes) {
      if (closed) return;
      held -= bytes;
      release(bytes);
    },
    close() {
      closed = true;
      release(held);
      held = 0;
    },
  };
}
