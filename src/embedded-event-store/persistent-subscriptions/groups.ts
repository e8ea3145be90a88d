import { toCallError, unavailable } from '../errors.js';
import { keyOf } from './group-config.js';
import type { GroupConfig } from './group-config.js';
import { doesNotExist, dropped, exists } from './group-errors.js';
import type { GroupName } from './group-errors.js';
import { RunningGroup } from './running-group.js';
import type { GroupStore } from './running-group.js';
import { StoredConfigs } from './stored-configs.js';
import { checkpointStreamOf, parkedStreamOf } from './stored-journal.js';

/** Time-outs and checkpoints are as exact as this. */
const TICK_MS = 1_000;

/** All groups there are. What is said of them is stored before anybody is told that it was done. */
export class Groups {
  readonly #store: GroupStore;
  readonly #configs: StoredConfigs;
  readonly #now: () => number;
  readonly #running = new Map<string, RunningGroup>();
  /** Groups that could not start, and why: what they wrote is damaged. All else goes on without them. */
  readonly #broken = new Map<string, { readonly config: GroupConfig; readonly error: unknown }>();
  readonly #stop: () => void;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(store: GroupStore, now: () => number = Date.now) {
    this.#store = store;
    this.#configs = new StoredConfigs(store.log, store.writer);
    this.#now = now;
    const ticking = setInterval(() => {
      for (const running of this.#running.values()) running.tick();
    }, TICK_MS);
    const unsubscribe = store.recent.subscribe(() => {
      for (const running of this.#running.values()) running.wake();
    });
    this.#stop = () => {
      clearInterval(ticking);
      unsubscribe();
    };
    this.#load();
  }

  find(name: GroupName): RunningGroup {
    const running = this.#running.get(keyOf(name));
    if (running) return running;
    const broken = this.#broken.get(keyOf(name));
    throw broken ? toCallError(broken.error) : doesNotExist(name);
  }

  /** Those of one source, or all; in the order of their sources. */
  list(source?: string): readonly RunningGroup[] {
    const groups = [...this.#running.values()].filter(({ config }) => source === undefined || config.source === source);
    if (source !== undefined && groups.length === 0) throw doesNotExist({ source, group: '' });
    return groups.sort((a, b) => (keyOf(a.config) < keyOf(b.config) ? -1 : 1));
  }

  async create(config: GroupConfig): Promise<void> {
    await this.#change(async () => {
      if (this.#running.has(keyOf(config)) || this.#broken.has(keyOf(config))) throw exists(config);
      // A deletion that was cut short may have left what a namesake wrote.
      await this.#forget(config);
      await this.#save(config);
      this.#start(config);
    });
  }

  /** The filter of a group stays what it was. */
  async update(config: GroupConfig): Promise<void> {
    await this.#change(async () => {
      const running = this.find(config);
      const { filter } = running.config;
      const updated = filter ? { ...config, filter } : config;
      await this.#save(updated);
      running.stop(dropped(config));
      this.#start(updated);
    });
  }

  async delete(name: GroupName): Promise<void> {
    await this.#change(async () => {
      const running = this.#broken.has(keyOf(name)) ? undefined : this.find(name);
      await this.#configs.save(this.#others(name));
      this.#running.delete(keyOf(name));
      this.#broken.delete(keyOf(name));
      running?.stop(dropped(name));
      await this.#forget(name);
    });
  }

  /** Drops all consumers and begins again from what is stored. */
  async restart(): Promise<void> {
    await this.#change(() => {
      for (const running of this.#running.values()) running.stop(dropped(running.config));
      this.#running.clear();
      this.#broken.clear();
      this.#load();
      return Promise.resolve();
    });
  }

  /** Lets consumers come back later, and writes down how far they were; to be called before the writer is closed. */
  close(): void {
    this.#stop();
    for (const running of this.#running.values()) {
      running.stop(unavailable('the event store is stopping'));
      running.group.flush();
    }
  }

  #load(): void {
    for (const config of this.#configs.load()) this.#start(config);
  }

  #start(config: GroupConfig): void {
    try {
      this.#running.set(keyOf(config), new RunningGroup(config, this.#store, this.#now));
    } catch (error) {
      this.#running.delete(keyOf(config));
      this.#broken.set(keyOf(config), { config, error });
    }
  }

  async #save(config: GroupConfig): Promise<void> {
    await this.#configs.save([...this.#others(config), config]);
  }

  #others(name: GroupName): GroupConfig[] {
    const configs = [...this.#running.values(), ...this.#broken.values()].map(({ config }) => config);
    return configs.filter((config) => keyOf(config) !== keyOf(name));
  }

  async #forget(name: GroupName): Promise<void> {
    for (const stream of [checkpointStreamOf(name), parkedStreamOf(name)]) {
      if (!this.#store.log.has(stream)) continue;
      await new Promise<void>((resolve) => {
        this.#store.writer.delete({ stream, expected: 'any' }, () => {
          resolve();
        });
      });
    }
  }

  /** One change after the other: each is made to what the one before has left. */
  async #change(change: () => Promise<void>): Promise<void> {
    const changed = this.#lastChange.then(change);
    this.#lastChange = changed.catch(() => undefined);
    await changed;
  }
}
