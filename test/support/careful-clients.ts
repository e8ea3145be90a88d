import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Change, send } from './load.js';
import type { ServiceUnderTest } from './service.js';

const PAUSE_AFTER_REFUSAL_MS = 40;

type Options = Readonly<{
  /** One client each: nobody else changes its user. */
  userIds: readonly string[];
  apiKey: string;
  random: () => number;
  answerWithinMs: number;
}>;

/**
 * Clients that each rename a user of their own, through any of some instances, and read each write through all of them:
 * an answer is the write itself or a refusal. They go on whatever happens, and count it.
 */
export class CarefulClients {
  readonly changes: Change[] = [];
  /** How often there was which answer, such as `PATCH 200`. */
  readonly answers = new Map<string, number>();
  /** What no client may see, whatever becomes of an instance: an answer older than the write it was to include. */
  readonly faults: unknown[] = [];
  /** Instances that a request of theirs was lost with, one for each such request. */
  readonly lostWith: ServiceUnderTest[] = [];
  private stopping = false;
  private readonly clients: Promise<void>[];

  constructor(
    private readonly instances: readonly [ServiceUnderTest, ...ServiceUnderTest[]],
    private readonly options: Options,
  ) {
    this.clients = options.userIds.map((userId) => this.run(userId));
  }

  /** How often something was answered with a status. */
  count(answer: string): number {
    return this.answers.get(answer) ?? 0;
  }

  /** Lets what is under way be answered. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.clients);
  }

  private async run(userId: string): Promise<void> {
    const { random, apiKey, answerWithinMs } = this.options;
    while (!this.stopping) {
      const by = this.instances[Math.floor(random() * this.instances.length)] ?? this.instances[0];
      const change: Change = { key: randomUUID(), userId, name: randomUUID() };
      this.changes.push(change);
      const answer = await this.answered(by, 'PATCH', [200, 503], () => send(by, apiKey, change, answerWithinMs));
      if (answer?.status === 200)
        await Promise.all(
          this.instances.map((from) => this.read(from, change, answer.headers.get('x-position') ?? '')),
        );
      else await pause(PAUSE_AFTER_REFUSAL_MS);
    }
  }

  private async read(from: ServiceUnderTest, { userId, name }: Change, position: string): Promise<void> {
    const { apiKey: key, answerWithinMs } = this.options;
    const answer = await this.answered(from, 'GET', [200, 503], () =>
      from.request(`/v2/users/${encodeURIComponent(userId)}`, {
        ...{ key, headers: { 'x-wait-for-position': position }, signal: AbortSignal.timeout(answerWithinMs) },
      }),
    );
    if (answer?.status !== 200) return;
    const body = (await answer.json()) as { name: string };
    if (body.name !== name) this.faults.push({ from: from.baseUrl, position, written: name, read: body.name });
  }

  private async answered(
    by: ServiceUnderTest,
    what: string,
    allowed: readonly number[],
    ask: () => Promise<Response>,
  ): Promise<Response | undefined> {
    try {
      const answer = await ask();
      const told = `${what} ${answer.status}`;
      this.answers.set(told, this.count(told) + 1);
      if (!allowed.includes(answer.status)) this.faults.push(`${told}: ${await answer.clone().text()}`);
      return answer;
    } catch (error) {
      if (error instanceof DOMException) this.faults.push(error); // neither answered nor broken off in time
      this.lostWith.push(by);
      return undefined;
    }
  }
}
