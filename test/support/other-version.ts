import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userView } from '../../src/users/projections/user-view.projection.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The service as a version whose table of users is another: a copy of what is built, where it finds its packages. */
export class OtherVersion {
  private readonly dir = mkdtempSync(join(ROOT, 'node_modules', '.other-version-'));
  /** Of its service, and of its command line. */
  readonly main = join(this.dir, 'dist', 'main.js');
  readonly cli = join(this.dir, 'dist', 'cli.js');

  constructor() {
    cpSync(join(ROOT, 'dist'), join(this.dir, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(this.dir, 'package.json'));
    const file = join(this.dir, 'dist', 'users', 'projections', 'user-view.projection.js');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(`'${userView.name}'`, `'user-view-999'`);
    if (changed === text) throw new Error(`${file} does not name ${userView.name}`);
    writeFileSync(file, changed);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
