import type { Message } from './message.js';
import { Latencies, Throughput } from './statistics.js';

/** One who takes messages. */
export type Consumer = {
  readonly name: string;
  /** So many messages it takes before it says what became of one. */
  readonly slots: number;
  send(message: Message): void;
};

/** A consumer and the messages it has. */
export class Connection {
  readonly consumer: Consumer;
  readonly throughput: Throughput;
  readonly latencies = new Latencies();
  /** How many messages it has not answered. */
  inFlight = 0;

  constructor(consumer: Consumer, now: () => number) {
    this.consumer = consumer;
    this.throughput = new Throughput(now);
  }

  get hasRoom(): boolean {
    return this.inFlight < this.consumer.slots;
  }
}
