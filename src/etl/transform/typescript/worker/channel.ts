/**
 * The worker's side of a run. A model is a plain function, so what it reads must be there when it asks: this thread waits
 * until it is.
 */
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { buffersOf, type PackedBatch } from "../../../engine/packed.ts";
import { ahead, type FromWorker, type ToWorker } from "../protocol.ts";

export interface Channel {
  /** Reads an input from its beginning. */
  read(input: number): Generator<PackedBatch, void>;
  /** Gives rows to the run; its memory is gone afterwards. */
  write(batch: PackedBatch): void;
}

export function openChannel(port: MessagePort, turn: SharedArrayBuffer): Channel {
  const waits = new Int32Array(turn);
  const arrived = new Map<number, (PackedBatch | undefined)[]>();
  const sent = { streams: 0, untaken: 0 };
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const receive = () => {
    for (;;) {
      const seen = Atomics.load(waits, 0);
      const received = receiveMessageOnPort(port);
      if (received) return take(received.message as ToWorker);
      Atomics.wait(waits, 0, seen);
    }
  };
  const take = (message: ToWorker) => {
    if (message.kind === "taken") sent.untaken--;
    // What still comes of a reading that was given up is let go.
    else arrived.get(message.stream)?.push(message.batch);
  };
  return {
    *read(input) {
      const stream = ++sent.streams;
      const queue: (PackedBatch | undefined)[] = [];
      arrived.set(stream, queue);
      send({ kind: "open", stream, input });
      try {
        for (;;) {
          while (queue.length === 0) receive();
          const batch = queue.shift();
          if (!batch) return;
          send({ kind: "more", stream });
          yield batch;
        }
      } finally {
        arrived.delete(stream);
        send({ kind: "close", stream });
      }
    },
    write(batch) {
      sent.untaken++;
      send({ kind: "rows", batch }, buffersOf(batch));
      while (sent.untaken > ahead) receive();
    },
  };
}
