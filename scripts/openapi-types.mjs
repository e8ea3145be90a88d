// Writes the types of a client, made from the OpenAPI document that a running service publishes, for the tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const types = fileURLToPath(new URL('../test/acceptance/openapi.types.ts', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'user-ledger-openapi-'));
const service = spawn(process.execPath, [program], {
  env: { PATH: process.env.PATH, DATA_DIR: dataDir, LOG_LEVEL: 'warn', PORT: '0', EMBEDDED_EVENTSTORE_PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => service.once('exit', resolve));
try {
  let url;
  for await (const line of createInterface({ input: service.stdout }))
    if ((url = /user-ledger listens on (\S+)/.exec(line)?.[1])) break;
  if (url === undefined) throw new Error('the service has ended before it was ready');
  const document = await (await fetch(`${url}/openapi.json`)).json();
  writeFileSync(types, astToString(await openapiTS(document)));
} finally {
  service.kill();
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}
