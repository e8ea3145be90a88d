import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventStream } from '../../../src/users/http/event-stream.js';
import { FakeResponse } from '../../support/feed.js';
import { eventually } from '../../support/load.js';

const MIB = 1024 * 1024;
const PATIENCE_MS = 30_000;

describe('a client that takes what it is sent', () => {
  it('is sent history at its own pace', async () => {
    const response = new FakeResponse();
    const stream = new EventStream(response.asResponse);
    expect(await stream.send('one')).toBe(true);
    response.stalled = true;
    let sent = false;
    const sending = stream.send('two').then((open) => (sent = open));
    await new Promise(setImmediate);
    expect(sent).toBe(false);
    response.drained();
    expect(await sending).toBe(true);
    expect(response.text).toBe('onetwo');
    expect(response.eventNames().sort()).toEqual(['error']);
  });
  it('is sent nothing more once it is gone', async () => {
    const response = new FakeResponse();
    const stream = new EventStream(response.asResponse);
    response.destroy();
    expect([stream.open, await stream.send('x'), stream.push('y'), response.text]).toEqual([false, false, true, '']);
  });
  it('that goes in the middle keeps nobody waiting', async () => {
    const response = new FakeResponse();
    response.stalled = true;
    const sending = new EventStream(response.asResponse).send('x');
    response.destroy();
    expect(await sending).toBe(false);
  });
});

describe('a client that takes nothing', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const stalled = (): { response: FakeResponse; stream: EventStream } => {
    const response = new FakeResponse();
    response.stalled = true;
    return { response, stream: new EventStream(response.asResponse) };
  };

  it('of history is dropped once patience is at an end', async () => {
    const { response, stream } = stalled();
    const sending = stream.send('x');
    jest.advanceTimersByTime(PATIENCE_MS - 1);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect([await sending, response.destroyed, jest.getTimerCount()]).toEqual([false, true, 0]);
  });
  it('is dropped by what comes after the bound, and not before', () => {
    const { response, stream } = stalled();
    const kib = 'x'.repeat(1024);
    let pushed = 0;
    while (stream.push(kib)) pushed++;
    expect([response.destroyed, pushed]).toEqual([true, 257]);
  });
  it('of what it was sent before the end is cut off, once patience is at an end', () => {
    const { response, stream } = stalled();
    stream.push('x');
    stream.end();
    jest.advanceTimersByTime(PATIENCE_MS - 1);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
  });
  it('is not cut off after an end that it took: the connection is in use again', () => {
    const response = new FakeResponse();
    const stream = new EventStream(response.asResponse);
    stream.end();
    expect([jest.getTimerCount(), response.destroyed]).toEqual([0, false]);
  });
});

describe('on a real connection', () => {
  let tidy: (() => unknown)[] = [];
  afterEach(async () => {
    for (const each of tidy) await each();
    tidy = [];
  });
  async function connected(): Promise<{ stream: EventStream; response: ServerResponse; socket: Socket }> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    tidy.push(
      () => socket.destroy(),
      () => server.close(),
    );
    const requested = once(server, 'request') as Promise<[unknown, ServerResponse]>;
    socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [, response] = await requested;
    return { stream: new EventStream(response), response, socket };
  }

  it('a client that reads is not dropped, however much happens at once', async () => {
    const { stream, socket } = await connected();
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    expect(stream.push('x'.repeat(MIB))).toBe(true);
    await eventually('all of it arrives', () => bytes > MIB);
    expect(stream.push('y')).toBe(true);
    expect(stream.open).toBe(true);
  });
  it('a client that does not read is dropped before much of memory is gone', async () => {
    const { stream, response, socket } = await connected();
    socket.pause();
    let pushed = 0;
    for (; pushed < 400 && stream.push('x'.repeat(64 * 1024)); pushed++) await new Promise(setImmediate);
    expect(pushed).toBeLessThan(400);
    await eventually('it is closed', () => response.closed);
  });
});
