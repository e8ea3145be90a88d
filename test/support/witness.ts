import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { expect } from '@jest/globals';
import { commandKey } from '../../src/users/http/conditions.js';
import type { Actor } from '../../src/users/domain/actor.js';
import { evolve, updateUser, type User } from '../../src/users/domain/user.js';
import type { UserEvent } from '../../src/users/domain/user.events.js';
import { ulidOf } from './load.js';
import { newUser } from './new-user.js';
import type { ServiceUnderTest } from './service.js';

const ANSWER_WITHIN_MS = 20_000;
const TRUTH_WITHIN_MS = 20_000;

/** A command as it was sent, and the last answer to it, if there was one. */
export type Command = {
  readonly key: string;
  readonly method: 'PATCH' | 'POST';
  /** Of the user to change; of one to be added it is in the answer. */
  readonly userId: string | undefined;
  readonly body: Readonly<{ name?: string; is_developer?: boolean }>;
  answer?: Readonly<{ status: number; etag: string | null; body: Record<string, unknown> }>;
};

type Stored = Readonly<{
  id: string;
  revision: bigint;
  type: string;
  data: Record<string, unknown>;
  metadata: Readonly<{ commandId: string }>;
}>;

/** Sends commands that change users, each under a key of its own, and holds what was answered against the log. */
export class Witness {
  readonly commands: Command[] = [];

  constructor(
    private readonly service: ServiceUnderTest,
    private readonly userIds: readonly string[],
    private readonly random: () => number,
  ) {}

  /** Another name, another developer permission, both, one that changes nothing perhaps, or another user. */
  next(): Command {
    const of = <T>(list: readonly T[]): T => list[Math.floor(this.random() * list.length)] as T;
    const kind = of(['name', 'name', 'developer', 'both', 'user'] as const);
    const name = { name: randomUUID() };
    const developer = { is_developer: this.random() < 0.5 };
    const body = { name, developer, both: { ...name, ...developer }, user: newUser(name) }[kind];
    const [method, userId] = kind === 'user' ? (['POST', undefined] as const) : (['PATCH', of(this.userIds)] as const);
    const command: Command = { key: randomUUID(), method, userId, body };
    this.commands.push(command);
    return command;
  }

  /** Sends a command, or sends it again. Whatever kept it from being answered leaves it without an answer. */
  async send(command: Command): Promise<void> {
    const { key, method, userId, body } = command;
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const path = userId === undefined ? '/v2/users' : `/v2/users/${encodeURIComponent(userId)}`;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    delete command.answer;
    const answer = await this.service.request(path, { method, body: JSON.stringify(body), headers, signal });
    const [status, etag] = [answer.status, answer.headers.get('etag')];
    command.answer = { status, etag, body: (await answer.json()) as Record<string, unknown> };
    if (status === 503) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }

  /** So many clients, one command after another each, until so many were sent. */
  async load(commands: number, clients: number): Promise<void> {
    let left = commands;
    const client = async (): Promise<void> => {
      while (left-- > 0) {
        const command = this.next();
        await this.send(command);
        // As a client would that was told to come back.
        if (!isDone(command)) await pause(50);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  /** Whoever was told that nothing was changed was told the truth. */
  async expectNothingOfRefused(eventStoreUrl: string): Promise<void> {
    const refused = this.commands.filter(({ answer }) => saysNothingChanged.includes(String(answer?.body.type)));
    const logs = [...(await readUsers(eventStoreUrl)).values()].flat();
    const ids = new Set(refused.map(({ key }) => this.commandId(key)));
    expect(logs.filter(({ metadata }) => ids.has(metadata.commandId))).toEqual([]);
  }

  /** Asks for the truth about each command that has no answer which says that it was done, until there is one. */
  async askAgain(): Promise<number> {
    const open = this.commands.filter((command) => !isDone(command));
    const until = performance.now() + TRUTH_WITHIN_MS;
    for (const command of open)
      for (;;) {
        await this.send(command);
        if (isDone(command)) break;
        const status = command.answer?.status ?? 0;
        const later = status === 503 || command.answer?.body.type === '/problems/command-in-progress';
        if (!later || performance.now() > until) throw new Error(`asked again, a command is answered with ${status}`);
        await pause(50);
      }
    return open.length;
  }

  /** Some of those that were done, sent once more, get the answer they got. */
  async expectSameAnswers(some: number): Promise<void> {
    for (const command of this.commands.filter(isDone).slice(-some)) {
      const { answer } = command;
      await this.send(command);
      expect(command.answer).toEqual(answer);
    }
  }

  /** Each command has changed what it says that it has, on what there was then, once; and nothing else has. */
  async expectTrue(eventStoreUrl: string): Promise<void> {
    const logs = await readUsers(eventStoreUrl);
    const ids = [...logs.values()].flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(this.commands.map(({ key }) => this.commandId(key)));
    const strange = [...logs.values()].flat().filter(({ type, metadata }) => {
      return type !== 'UserAdded' && !known.has(metadata.commandId);
    });
    expect(strange).toEqual([]);
    for (const command of this.commands) this.expectOnceAsDecided(command, logs);
  }

  private expectOnceAsDecided({ key, method, userId, body, answer }: Command, logs: Map<string, Stored[]>): void {
    const commandId = this.commandId(key);
    const told = { key, status: answer?.status };
    const stream = `user-${ulidOf(userId ?? String(answer?.body.id))}`;
    const log = logs.get(stream) ?? [];
    expect(log.map(({ revision }) => revision)).toEqual(log.map((_, i) => BigInt(i)));
    const revision = BigInt((answer?.etag ?? '').replaceAll('"', ''));
    const then = stateAt(log, revision);
    expect({ ...told, body: answer?.body }).toEqual({
      ...{ key, status: method === 'POST' ? 201 : 200 },
      body: expect.objectContaining({ name: then?.name, is_developer: then?.isDeveloper }),
    });
    const own = log.filter(({ metadata }) => metadata.commandId === commandId);
    const elsewhere = [...logs].filter(([name, events]) => name !== stream && events.some(isOf(commandId)));
    expect({ key, elsewhere }).toEqual({ key, elsewhere: [] });
    if (method === 'POST') {
      expect({ key, own: own.map(({ type, data }) => [type, data.name]) }).toEqual({
        ...{ key, own: [['UserAdded', body.name]] },
      });
      return;
    }
    // What it changed ends where its answer says; what changed nothing was decided there.
    const before = stateAt(log, revision - BigInt(own.length));
    const wish = { userId: ulidOf(userId ?? ''), actor: this.actor, ...wishOf(body) };
    const decided = updateUser({ state: before, revision: revision - BigInt(own.length) }, wish);
    const first = Number(revision) - own.length + 1;
    expect({ key, own: own.map(({ revision: at, type, data }) => ({ at, type, data })) }).toEqual({
      key,
      own: decided.map(({ type, data }, i) => ({ at: BigInt(first + i), type, data })),
    });
  }

  private commandId(key: string): string {
    return commandKey(key, this.actor, [])?.commandId ?? '';
  }

  private get actor(): Actor {
    const { account_id, user_id } = this.service.admin;
    const ids = { accountId: ulidOf(account_id), userId: ulidOf(user_id), apiKeyId: '' };
    return { ...ids, name: 'Admin', role: 'admin', permissions: [] };
  }
}

const isDone = ({ answer }: Command): boolean => answer?.status === 200 || answer?.status === 201;

const saysNothingChanged: readonly string[] = ['/problems/event-store-unavailable', '/problems/overloaded'];

const isOf = (commandId: string) => (event: Stored) => event.metadata.commandId === commandId;

const wishOf = ({ name, is_developer: isDeveloper }: Command['body']) => ({
  ...(name !== undefined && { name }),
  ...(isDeveloper !== undefined && { isDeveloper }),
});

const stateAt = (log: readonly Stored[], revision: bigint): User | undefined =>
  log
    .filter((event) => event.revision <= revision)
    .reduce<User | undefined>((user, event) => evolve(user, event as unknown as UserEvent), undefined);

/** The streams of all users, as any consumer of the log reads them. */
async function readUsers(eventStoreUrl: string): Promise<Map<string, Stored[]>> {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const logs = new Map<string, Stored[]>();
  try {
    for await (const { event } of client.readAll()) {
      if (!event?.streamId.startsWith('user-')) continue;
      const log = logs.get(event.streamId) ?? [];
      logs.set(event.streamId, log);
      log.push(event as unknown as Stored);
    }
    return logs;
  } finally {
    await client.dispose();
  }
}
