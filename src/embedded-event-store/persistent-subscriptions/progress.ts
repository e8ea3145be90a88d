import type { GroupSettings } from './group-config.js';
import type { Mark } from './message.js';

/** What became of a write, once it is known. */
export type Done = (written: boolean) => void;

type Limits = Pick<GroupSettings, 'checkpointAfter' | 'minCheckpointCount' | 'maxCheckpointCount'>;

/** Decides when a checkpoint is worth writing; there is one write under way at most. */
export class Progress {
  readonly #limits: Limits;
  readonly #write: (place: number, done: Done) => void;
  readonly #now: () => number;
  #checkpoint: number | undefined;
  #saved = 0;
  #lastWrite: number;
  #isWriting = false;

  constructor(
    limits: Limits,
    write: (place: number, done: Done) => void,
    now: () => number,
    checkpoint: number | undefined,
  ) {
    this.#limits = limits;
    this.#write = write;
    this.#now = now;
    this.#checkpoint = checkpoint;
    this.#lastWrite = now();
  }

  /** The place of the last checkpoint that is known to be stored. */
  get checkpoint(): number | undefined {
    return this.#checkpoint;
  }

  /** Whether so many events without a checkpoint are reason enough for one, whatever the time. */
  isDueBy({ sequence }: Mark): boolean {
    return sequence - this.#saved >= Math.max(this.#limits.maxCheckpointCount, 1);
  }

  /** To be told how far all is done after a message was done. */
  advance(mark: Mark): void {
    if (this.isDueBy(mark)) this.write(mark);
  }

  /** To be told the same from time to time. */
  tick(mark: Mark): void {
    const { checkpointAfter, minCheckpointCount } = this.#limits;
    const isTime = checkpointAfter > 0 && this.#now() - this.#lastWrite >= checkpointAfter;
    if (isTime && mark.sequence - this.#saved >= minCheckpointCount) this.write(mark);
  }

  /** Writes a checkpoint unless nothing was done since the last. */
  write({ place, sequence }: Mark): void {
    if (this.#isWriting || sequence <= this.#saved) return;
    this.#isWriting = true;
    this.#write(place, (written) => {
      this.#isWriting = false;
      this.#lastWrite = this.#now();
      if (!written) return;
      this.#saved = sequence;
      this.#checkpoint = place;
    });
  }
}
