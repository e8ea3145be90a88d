import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrometheusMetrics } from './prometheus-metrics.js';

/** SQLite's write-ahead logs in the data directory, of whichever databases are there. */
const WRITE_AHEAD_LOGS = {
  read_model: 'read-model.sqlite-wal',
  event_store: join('eventstore', 'events.db-wal'),
} as const;

/** What is on disk, and how much more may be. */
export function aboutStorage(metrics: PrometheusMetrics, dataDir: string): void {
  metrics.gauges('sqlite_wal_bytes', 'Size of the write-ahead log of a SQLite database', ['database'], async () => {
    const sizes = await Promise.all(
      Object.entries(WRITE_AHEAD_LOGS).map(async ([database, file]) => {
        const found = await stat(join(dataDir, file)).catch(() => undefined);
        return found ? [[{ database }, found.size] as const] : [];
      }),
    );
    return sizes.flat();
  });
  metrics.gauge('data_dir_free_bytes', 'Room left on the file system of the data directory', async () => {
    const { bavail, bsize } = await statfs(dataDir);
    return bavail * bsize;
  });
}
