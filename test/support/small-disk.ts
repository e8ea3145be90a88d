import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDirectory } from './embedded-event-store.js';

/** A file system of its own with little room, in memory. */
type SmallDisk = {
  readonly dir: string;
  /** Takes all the room there is but for so many bytes. */
  fill(left?: number): void;
  /** Gives the room back. */
  free(): void;
  remove(): void;
};

/** Why there can be none here; undefined if there can. */
export const noSmallDisk: string | undefined = (() => {
  const dir = newDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return undefined;
  } catch {
    return 'mounting a small file system needs root on Linux';
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
})();

/** Mounts it at a directory, in a new one unless one is given. */
export function smallDisk(megabytes: number, dir = newDirectory()): SmallDisk {
  mkdirSync(dir, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  const ballast = join(dir, 'ballast');
  return {
    dir,
    fill: (left = 0) => {
      const { bavail, bsize } = statfsSync(dir);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
    },
    free: () => {
      rmSync(ballast, { force: true });
    },
    remove: () => {
      execFileSync('umount', [dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
