/** Where progress is shown: a bar on a terminal, plain lines elsewhere. */
export type ProgressOutput = { readonly isTTY?: boolean; readonly write: (text: string) => unknown };

const ON_TERMINAL_MS = 200;
const ELSEWHERE_MS = 5_000;
const BAR = 40;

/** Shows how far something has come, as often as it is worth reading. What is done is done in one go: no timer runs. */
export class Progress {
  readonly #what: string;
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #shownAt: number;
  #isShown = false;

  constructor(what: string, output: ProgressOutput = process.stderr, now: () => number = Date.now) {
    this.#what = what;
    this.#output = output;
    this.#now = now;
    this.#shownAt = now();
  }

  readonly show = (done: number, whole?: number): void => {
    const terminal = this.#output.isTTY === true;
    if (this.#now() - this.#shownAt < (terminal ? ON_TERMINAL_MS : ELSEWHERE_MS)) return;
    this.#shownAt = this.#now();
    this.#isShown = terminal;
    this.#output.write(terminal ? `\r${bar(done, whole)} ${this.#what}` : `${this.#what}: ${amount(done, whole)}\n`);
  };

  /** Leaves the line of the bar, if there is one. */
  end(): void {
    if (this.#isShown) this.#output.write('\n');
    this.#isShown = false;
  }
}

const partOf = (done: number, whole: number): number => (whole === 0 ? 1 : Math.min(1, done / whole));

const amount = (done: number, whole: number | undefined): string =>
  whole === undefined ? `${done}` : `${Math.floor(partOf(done, whole) * 100)} %, ${done} of ${whole}`;

function bar(done: number, whole: number | undefined): string {
  if (whole === undefined) return amount(done, whole);
  const filled = Math.floor(partOf(done, whole) * BAR);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${amount(done, whole)}`;
}
