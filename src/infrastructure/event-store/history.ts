import { CommandReused } from '../../event-sourcing/errors.js';
import {
  type AnyFact,
  type Context,
  NO_STREAM,
  type Position,
  type Recorded,
  type Revision,
} from '../../event-sourcing/fact.js';
import type { Aggregate, Committed } from '../../event-sourcing/streams.js';

type Told = Readonly<{ fingerprint: string; revision: Revision; position: Position }>;

/** What is known of a stream: the state at its last event, and the commands in it whose ids callers chose. */
export class History<State, E extends AnyFact> {
  state: State | undefined;
  revision: Revision = NO_STREAM;
  position: Position = 0n;
  private readonly commands = new Map<string, Told>();

  constructor(private readonly aggregate: Aggregate<State, E>) {}

  /** Takes in the next event, stored at `revision` and `position`. */
  add(
    event: E,
    meta: Pick<Recorded['meta'], 'commandId' | 'commandFingerprint'>,
    revision: Revision,
    position: Position,
  ): void {
    this.state = this.aggregate.evolve(this.state, event);
    this.revision = revision;
    this.position = position;
    const { commandId, commandFingerprint: fingerprint } = meta;
    if (fingerprint !== undefined) this.commands.set(commandId, { fingerprint, revision, position });
  }

  /**
   * How the command ended, where it is in the stream already.
   *
   * @throws CommandReused it is there with another fingerprint
   */
  find({ commandId, commandFingerprint }: Context): Committed | undefined {
    if (commandFingerprint === undefined) return undefined;
    const told = this.commands.get(commandId);
    if (!told) return undefined;
    if (told.fingerprint !== commandFingerprint) throw new CommandReused();
    return { outcome: 'repeated', revision: told.revision, position: told.position };
  }
}
