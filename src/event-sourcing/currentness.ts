/** Whether the read model is told what happens, as far as this process knows. Asked with every request: it is a look at a number. */
export abstract class Currentness {
  abstract readonly isCurrent: boolean;
  /** Whether it is told nothing more, for an event cannot be told: the log may go on without it. */
  abstract readonly isStopped: boolean;
}
