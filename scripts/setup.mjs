// Makes the checkout runnable: installs what the lock file names, and compiles what has changed. Quick when nothing has.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
// Not 24: better-sqlite3 12, built against the headers of Node 24.19 and later, ends the process (nodejs/node#65446).
if (major < 20 || (major === 20 && minor < 19) || major >= 24) {
  console.error(`user-ledger needs Node 20.19 to 23; this is ${process.versions.node}`);
  process.exit(1);
}

const hash = (text) => createHash('sha256').update(text).digest('hex');
const stamped = (file, stamp) => existsSync(file) && readFileSync(file, 'utf8') === stamp;

const lock = hash(readFileSync(join(root, 'package-lock.json')) + process.versions.modules);
const installed = join(root, 'node_modules', '.user-ledger-installed');
if (!stamped(installed, lock)) {
  console.log('Installing dependencies …');
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  writeFileSync(installed, lock);
}

const sources = [
  'tsconfig.json',
  'tsconfig.build.json',
  ...readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name)),
];
const states = sources
  .sort()
  .map((name) => [name, statSync(join(root, name))])
  .filter(([, stat]) => stat.isFile())
  .map(([name, stat]) => `${name} ${stat.size} ${stat.mtimeMs}`);
const source = hash([lock, ...states].join('\n'));
const built = join(root, 'dist', '.built');
if (!stamped(built, source)) {
  console.log('Building …');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  } catch {
    process.exit(1);
  }
  writeFileSync(built, source);
}
