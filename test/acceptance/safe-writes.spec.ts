import { describe, expect, it } from '@jest/globals';

import { Seed } from '../support/seed.js';
import { problemOf, userOf, withService, startService } from './with-service.js';

const context = withService();
const typesOf = async (userId: string) => (await context.seed.eventsOf(userId)).map(({ type }) => type);

/** What a repeated request must bring again. */
const answered = async (answer: Response) => ({
  body: await userOf(answer),
  etag: answer.headers.get('etag'),
  position: answer.headers.get('x-position'),
});

describe('If-Match', () => {
  it.each(['"0"', '*', '"7", "0"', '"x" , "0"', 'W/"1", "0"'])('%s lets the change through', async (tag) => {
    const user = await context.seed.user();
    const answer = await context.service.update(user.id, { name: 'Ada' }, { headers: { 'if-match': tag } });
    expect(answer.headers.get('etag')).toBe('"1"');
    expect((await userOf(answer)).name).toBe('Ada');
  });

  it.each(['"1"', '"-1"', '""', '"x"', 'W/"0"', '"00"', '"0x0"', '"1", "2"', '"99999999999999999999"'])(
    '%s answers 412 with the current ETag, and applies nothing',
    async (tag) => {
      const user = await context.seed.user();
      const answer = await context.service.update(user.id, { name: 'Ada' }, { headers: { 'if-match': tag } });
      expect(answer.headers.get('etag')).toBe('"0"');
      await problemOf(answer, 412);
      expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
    },
  );

  it.each(['', '0', "'0'", '"0', 'W/0', 'w/"0"', '*, "0"', '"0",,', '"a b"'])('%p is malformed', async (tag) => {
    const user = await context.seed.user();
    const answer = await context.service.update(user.id, { name: 'Ada' }, { headers: { 'if-match': tag } });
    expect((await problemOf(answer, 400)).errors).toEqual([{ field: 'If-Match', message: expect.any(String) }]);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it('with the ETag of a read or a write is that state', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const read = (await service.request(`/v2/users/${user.id}`)).headers.get('etag') ?? '';
    const first = await service.update(user.id, { name: 'Ada' }, { headers: { 'if-match': read } });
    expect(first.status).toBe(200);
    await problemOf(await service.update(user.id, { name: 'Eve' }, { headers: { 'if-match': read } }), 412);
    const next = { 'if-match': first.headers.get('etag') ?? '' };
    expect((await userOf(await service.update(user.id, { name: 'Eve' }, { headers: next }))).name).toBe('Eve');
  });

  it('is judged also where nothing would change', async () => {
    const user = await context.seed.user();
    await problemOf(
      await context.service.update(user.id, { name: user.name }, { headers: { 'if-match': '"9"' } }),
      412,
    );
  });

  it('lets one of many through', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        service.update(user.id, { name: `Name ${i}` }, { headers: { 'if-match': '"0"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });
});

it('without If-Match, changes that race all succeed or say 409 with Retry-After', async () => {
  const { service, seed } = context;
  const user = await seed.user();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => service.update(user.id, { name: `Name ${i}` })),
  );
  for (const answer of answers) {
    expect([200, 409]).toContain(answer.status);
    if (answer.status === 409) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  const applied = answers.filter(({ status }) => status === 200).length;
  expect((await typesOf(user.ulid)).length).toBe(1 + applied);
});

it('each of many changes that race is answered with what it left itself, also when it is asked again', async () => {
  const { service, seed } = context;
  const user = await seed.user();
  const names = Array.from({ length: 16 }, (_, i) => `Name ${i}`);
  const send = async (name: string) => {
    const headers = { 'idempotency-key': `${user.ulid}-${names.indexOf(name)}` };
    const { body, etag } = await answered(await service.update(user.id, { name }, { headers }));
    return { body, etag }; // the position is that of the append they share, and then their own
  };
  const answers = await Promise.all(names.map(send));
  expect(answers.map(({ body }) => body.name)).toEqual(names);
  expect(new Set(answers.map(({ etag }) => etag)).size).toBe(names.length);
  expect(await Promise.all(names.map(send))).toEqual(answers);
});

describe('Idempotency-Key', () => {
  const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('gives the same answer again, and no second event, whatever has happened since', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const first = await answered(await service.update(user.id, { name: 'Ada' }, withKey('same')));
    expect(await answered(await service.update(user.id, { name: 'Ada' }, withKey('same')))).toEqual(first);
    await userOf(await service.update(user.id, { name: 'Eve' }));
    expect(await answered(await service.update(user.id, { name: 'Ada' }, withKey('same')))).toEqual(first);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed', 'UserRenamed']);
  });

  it('gives the same answer again also for what changed nothing', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const first = await answered(await service.update(user.id, { name: user.name }, withKey('noop')));
    await userOf(await service.update(user.id, { name: 'Eve' }));
    expect(await answered(await service.update(user.id, { name: user.name }, withKey('noop')))).toEqual(first);
    expect(first.etag).toBe('"0"');
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });

  it.each<[string, object, Record<string, string>]>([
    ['another value', { name: 'Eve' }, {}],
    ['another member', { name: 'Ada', is_developer: true }, {}],
    ['another condition', { name: 'Ada' }, { 'if-match': '"0"' }],
  ])('with %s is 422', async (_, body, headers) => {
    const { service, seed } = context;
    const user = await seed.user();
    await userOf(await service.update(user.id, { name: 'Ada' }, withKey(user.ulid)));
    const other = { headers: { ...headers, 'idempotency-key': user.ulid } };
    await problemOf(await service.update(user.id, body, other), 422);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });

  it('with another user is 422', async () => {
    const { service, seed } = context;
    const [one, other] = [await seed.user(), await seed.user()];
    await userOf(await service.update(one.id, { name: 'Ada' }, withKey('path')));
    await problemOf(await service.update(other.id, { name: 'Ada' }, withKey('path')), 422);
    expect(await typesOf(other.ulid)).toEqual(['UserAdded']);
  });

  it("is its owner's: another may use the same, and any of their keys may repeat it", async () => {
    const { service, seed } = context;
    const [admin, user] = [await seed.user({ role: 'admin' }), await seed.user()];
    await userOf(await service.update(user.id, { name: 'Ada' }, withKey('scoped')));
    const theirs = { ...withKey('scoped'), key: admin.key };
    const first = await answered(await service.update(user.id, { name: 'Eve' }, theirs));
    const { key } = await seed.key(admin.ulid);
    expect(await answered(await service.update(user.id, { name: 'Eve' }, { ...theirs, key }))).toEqual(first);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed', 'UserRenamed']);
  });

  it('that was refused may be tried again', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const condition = { headers: { 'idempotency-key': 'refused', 'if-match': '"1"' } };
    await problemOf(await service.update(user.id, { name: 'Ada' }, condition), 412);
    await userOf(await service.update(user.id, { name: 'Eve' }));
    expect((await userOf(await service.update(user.id, { name: 'Ada' }, condition))).name).toBe('Ada');
  });

  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['longer than 255', 'x'.repeat(256)],
    ['not ASCII', 'caf\u00e9'],
  ])('%s is 400', async (_, key) => {
    const user = await context.seed.user();
    const problem = await problemOf(await context.service.update(user.id, { name: 'Ada' }, withKey(key)), 400);
    expect(problem.errors).toEqual([{ field: 'Idempotency-Key', message: expect.any(String) }]);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded']);
  });

  it('may have 255 characters', async () => {
    const user = await context.seed.user();
    await userOf(await context.service.update(user.id, { name: 'Ada' }, withKey('~'.repeat(255))));
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed']);
  });

  it('sent many times at once is carried out once', async () => {
    const { service, seed } = context;
    const user = await seed.user();
    const send = () => service.update(user.id, { name: 'Ada', is_developer: false }, withKey('at-once'));
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    const done = new Set<string>();
    for (const answer of answers) {
      if (answer.status === 200) done.add(JSON.stringify(await answered(answer)));
      else {
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
        await problemOf(answer, 409);
      }
    }
    done.add(JSON.stringify(await answered(await send())));
    expect(done.size).toBe(1);
    expect(await typesOf(user.ulid)).toEqual(['UserAdded', 'UserRenamed', 'DeveloperPermissionRevoked']);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('is remembered over %s', async (signal) => {
    const before = await startService();
    const { user_id: id } = before.admin;
    const noop = await answered(await before.update(id, { is_developer: true }, withKey('noop')));
    const change = await answered(await before.update(id, { name: 'Ada' }, withKey('change')));
    await userOf(await before.update(id, { name: 'Eve' }));
    await before.stop(signal);
    const after = await startService({ dataDir: before.dataDir });
    try {
      expect(await answered(await after.update(id, { is_developer: true }, withKey('noop')))).toEqual(noop);
      expect(await answered(await after.update(id, { name: 'Ada' }, withKey('change')))).toEqual(change);
      await problemOf(await after.update(id, { name: 'Bob' }, withKey('change')), 422);
      expect((await after.request(`/v2/users/${id}`)).headers.get('etag')).toBe('"2"');
    } finally {
      await after.dispose();
    }
  });

  it('is carried out once where the process dies before it answers', async () => {
    const before = await startService();
    const { user_id: id } = before.admin;
    const userId = Buffer.from(id, 'base64').toString().replace('User:', '');
    const lost = Promise.allSettled([before.update(id, { name: 'Ada' }, withKey('lost'))]);
    await before.request('/health/live');
    await before.stop('SIGKILL');
    await lost;
    const after = await startService({ dataDir: before.dataDir });
    const seed = new Seed(after);
    try {
      const first = await answered(await after.update(id, { name: 'Ada' }, withKey('lost')));
      expect(await answered(await after.update(id, { name: 'Ada' }, withKey('lost')))).toEqual(first);
      expect((await seed.eventsOf(userId)).map(({ type }) => type)).toEqual(['UserAdded', 'UserRenamed']);
    } finally {
      await seed.close();
      await after.dispose();
    }
  });
});

describe('X-Wait-For-Position', () => {
  const read = (id: string, position: string) =>
    context.service.request(`/v2/users/${id}`, { headers: { 'x-wait-for-position': position } });
  const token = (text: string) => Buffer.from(text).toString('base64');

  it('makes a read include that write', async () => {
    const user = await context.seed.user();
    const written = await context.service.update(user.id, { name: 'Ada' });
    const answer = await read(user.id, written.headers.get('x-position') ?? '');
    expect(answer.headers.get('etag')).toBe(written.headers.get('etag'));
    expect(await userOf(answer)).toEqual(await userOf(written));
  });

  it('of what changed nothing can be waited for too', async () => {
    const user = await context.seed.user();
    const written = await context.service.update(user.id, { name: user.name });
    expect((await userOf(await read(user.id, written.headers.get('x-position') ?? ''))).name).toBe(user.name);
  });

  it.each(['', '5', 'x', token('Position:'), token('Position:-1'), token('Position:05'), token('User:5'), '"0"'])(
    '%p is malformed',
    async (position) => {
      const { user_id: id } = context.service.admin;
      const problem = await problemOf(await read(id, position), 400);
      expect(problem.errors).toEqual([{ field: 'X-Wait-For-Position', message: expect.any(String) }]);
    },
  );

  it('of the future is 503 with Retry-After after about two seconds', async () => {
    const started = performance.now();
    const answer = await read(context.service.admin.user_id, token('Position:999999999999'));
    const took = performance.now() - started;
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    await problemOf(answer, 503);
    expect(took).toBeGreaterThan(1_800);
    expect(took).toBeLessThan(6_000);
  });
});
