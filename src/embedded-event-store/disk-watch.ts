import { errorText } from './error-text.js';

/** Whether the store writes; if it does not, why and since when. It reads in either case. */
export type Writing =
  { readonly writing: true } | { readonly writing: false; readonly reason: string; readonly since: Date };

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

const WRITING: Writing = { writing: true };

/** The disk is full, or has failed: not the fault of what was to be written, and so of whatever comes next as well. */
const OF_THE_DISK = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY)/;

/**
 * Stops the writer when the disk fails, and tries from then on to go back to writing, at longer and longer intervals.
 * After a failed fsync the system may report success for pages it has thrown away, so nothing is tried again as it was:
 * `recover` has to write anew whatever is not known to be on disk.
 */
export class DiskWatch {
  readonly #recover: () => void;
  readonly #report: (line: string) => void;
  #state: Writing = WRITING;
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE_MS;

  /** `recover` throws as long as the disk fails; `report` is told when writing stops and when it goes on. */
  constructor(recover: () => void, report: (line: string) => void) {
    this.#recover = recover;
    this.#report = report;
  }

  get state(): Writing {
    return this.#state;
  }

  /** Why nothing may be written now; undefined if it may. */
  get refusal(): string | undefined {
    return this.#state.writing ? undefined : `${this.#state.reason}; writing resumes by itself`;
  }

  /** To be told of every failed commit; other errors than those of the disk change nothing. */
  failed(error: unknown): void {
    const { code, message } = errorText(error);
    if (!this.#state.writing || !OF_THE_DISK.test(code)) return;
    this.#stop(code === 'SQLITE_FULL' ? 'the disk is full' : `the disk has failed (${message}, ${code})`);
  }

  /** Stops as after a failed commit, whatever the error; to be called if the log cannot be brought into a safe state. */
  suspend(error: unknown): void {
    const { code, message } = errorText(error);
    this.#stop(code === 'SQLITE_FULL' ? 'the disk is full' : message);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #stop(reason: string): void {
    this.#state = { writing: false, reason, since: new Date() };
    this.#report(`${reason}: nothing is written until that has changed; reading goes on`);
    this.#pause = FIRST_PAUSE_MS;
    this.#tryLater();
  }

  #tryLater(): void {
    this.#timer = setTimeout(() => {
      this.#try();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  #try(): void {
    try {
      this.#recover();
    } catch {
      // What stopped the writer has been said; that it goes on is no news.
      this.#tryLater();
      return;
    }
    this.#state = WRITING;
    this.#report('the disk takes what is written again: writing goes on');
  }
}
