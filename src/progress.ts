/** Where progress goes: a bar on a terminal, plain lines elsewhere. */
export type ProgressOutput = Readonly<{ isTTY?: boolean; write: (text: string) => unknown }>;

/** How much is done, 0 to 1, and how many events that were. */
export type Done = Readonly<{ part: number; events: number }>;

const ON_TERMINAL_MS = 200;
const ELSEWHERE_MS = 5_000;
const BAR = 40;

/** Shows now and then how far something has come; the function returned shows it once more, and ends that. */
export function showProgress(what: string, done: () => Done, output: ProgressOutput): () => void {
  const terminal = output.isTTY === true;
  const show = (): void => {
    const { part, events } = done();
    const full = Math.floor(part * BAR);
    const percent = `${Math.floor(part * 100)} %, ${events} events`;
    output.write(terminal ? `\r[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${percent}` : `${what}: ${percent}\n`);
  };
  show();
  const timer = setInterval(show, terminal ? ON_TERMINAL_MS : ELSEWHERE_MS);
  return () => {
    clearInterval(timer);
    show();
    if (terminal) output.write('\n');
  };
}
