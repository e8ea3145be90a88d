import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Certificate, makeCertificate } from '../support/certificate.js';
import { type EmbeddedEventStore, newDirectory, startEmbeddedEventStore } from '../support/embedded-event-store.js';
import { eventually } from '../support/load.js';
import { newUser, post } from '../support/new-user.js';
import { Program } from '../support/program.js';
import { Seed } from '../support/seed.js';
import { ServiceUnderTest } from '../support/service.js';

const [USER, PASSWORD] = ['ledger', 'open sesame: 100%'];

let certificate: Certificate;
let store: EmbeddedEventStore;
beforeAll(async () => {
  certificate = await makeCertificate();
  const { cert, key } = certificate;
  const more = ['--tls-cert', cert, '--tls-key', key, '--user', USER, '--password', PASSWORD];
  store = await startEmbeddedEventStore({ more });
});
afterAll(async () => {
  await store.stop();
  rmSync(store.dir, { recursive: true, force: true });
  certificate.remove();
});

const urlOf = (password: string, more = `&tlsCAFile=${encodeURIComponent(certificate.cert)}`): string =>
  `esdb://${USER}:${encodeURIComponent(password)}@localhost:${store.port}?tls=true${more}`;

it('a service tells and is told over TLS, as a user with a password, also after the store was gone', async () => {
  const service = await ServiceUnderTest.start({ env: { EVENTSTORE_URL: urlOf(PASSWORD) } });
  const seed = new Seed(service);
  try {
    const { user_id: id } = service.admin;
    expect((await service.update(id, { name: 'Ada' })).status).toBe(200);
    const made = await post(service, '/v2/users', newUser());
    expect(made.status).toBe(201);
    // What it is told by others comes by the same way.
    const someone = await seed.user({ name: 'Grace' });
    expect(await (await service.request(`/v2/users/${someone.id}`)).json()).toMatchObject({ name: 'Grace' });
    expect((await service.request(`/v2/users/${id}/history`)).status).toBe(200);
    const { port, dir } = store;
    await store.stop();
    expect((await service.update(id, { name: 'Lost' })).status).toBe(503);
    const { cert, key } = certificate;
    const more = ['--tls-cert', cert, '--tls-key', key, '--user', USER, '--password', PASSWORD];
    store = await startEmbeddedEventStore({ dir, port, more });
    await eventually('it is well again', async () => (await service.update(id, { name: 'Grace' })).status === 200);
    expect(service.output.filter((line) => line.includes(PASSWORD))).toEqual([]);
  } finally {
    await seed.close();
    await service.dispose();
  }
}, 60_000);

it.each([
  ['with a wrong password', () => urlOf('wrong')],
  ['that does not know who signed the certificate', () => urlOf(PASSWORD, '')],
])('a service %s is not let in, and says so', async (_, url) => {
  const dataDir = newDirectory();
  const env = { EVENTSTORE_URL: url(), DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'info' };
  const program = new Program(['dist/main.js'], env);
  await program
    .until((lines) => lines.some((line) => /event store does not answer|listens on/.test(line)))
    .catch(() => undefined);
  const { stdout, stderr } = await program.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
  expect(`${stdout}${stderr}`).toMatch(/event store/);
  expect(stdout).not.toContain('listens on');
});
