/** Whether the read model is told what happens, as far as this process knows. Asked with every request: it is a look at a number. */
export abstract class Currentness {
  abstract readonly isCurrent: boolean;
}
