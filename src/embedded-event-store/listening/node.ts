import { randomUUID } from 'node:crypto';
import { freemem, loadavg, totalmem } from 'node:os';

/** The version whose behaviour this store follows. */
export const VERSION = '23.10.1';

/** What the node counts; asked for each time somebody wants to know. */
export type Counts = {
  /** Position of the last event. */
  readonly lastPosition: number;
  readonly streams: number;
  /** Connections that are open, of clients of either kind. */
  readonly connections: number;
};

/** What a node says of itself. The names of fields are the original's, wherever it has one for the thing. */
export class NodeDescription {
  readonly instanceId = randomUUID();
  readonly #counts: () => Counts;
  readonly #isSecure: boolean;
  #measured = { at: performance.now(), cpu: process.cpuUsage() };

  constructor(counts: () => Counts, isSecure: boolean) {
    this.#counts = counts;
    this.#isSecure = isSecure;
  }

  info(): object {
    return {
      esVersion: `${VERSION}.0`,
      state: 'leader',
      features: { projections: false, userManagement: false, atomPub: false },
      authentication: { type: this.#isSecure ? 'internal' : 'insecure', properties: {} },
    };
  }

  /** The one member there is, at the address by which it was asked: that is one its asker can reach. */
  gossip(address: string, port: number): object {
    const { lastPosition } = this.#counts();
    const member = {
      instanceId: this.instanceId,
      timeStamp: new Date().toISOString(),
      state: 'Leader',
      isAlive: true,
      httpEndPointIp: address,
      httpEndPointPort: port,
      lastCommitPosition: lastPosition,
      writerCheckpoint: lastPosition,
      chaserCheckpoint: lastPosition,
      nodePriority: 0,
      isReadOnlyReplica: false,
      esVersion: VERSION,
    };
    return { members: [member], serverIp: address, serverPort: port };
  }

  stats(): object {
    const { lastPosition, streams, connections } = this.#counts();
    const [minute, fiveMinutes, quarter] = loadavg();
    return {
      proc: {
        startTime: new Date(performance.timeOrigin).toISOString(),
        id: process.pid,
        mem: process.memoryUsage.rss(),
        cpu: this.#cpuSinceLastAsked(),
        tcp: { connections },
      },
      sys: {
        loadavg: { '1m': minute, '5m': fiveMinutes, '15m': quarter },
        freeMem: freemem(),
        totalMem: totalmem(),
      },
      // Positions count events from 1 and have no gaps. A commit is on disk before it counts.
      es: { checksum: lastPosition, checksumNonFlushed: lastPosition, events: lastPosition, streams },
    };
  }

  /** Percent of one core. */
  #cpuSinceLastAsked(): number {
    const { user, system } = process.cpuUsage(this.#measured.cpu);
    const milliseconds = performance.now() - this.#measured.at;
    this.#measured = { at: performance.now(), cpu: process.cpuUsage() };
    return milliseconds > 0 ? Math.round((user + system) / milliseconds) / 10 : 0;
  }
}
