import { expect, it } from '@jest/globals';

type Message = Readonly<{ id?: string; event?: string; data?: string; retry?: number }>;
// JavaScript, whose types are checked where it is: so its name is none that the compiler follows.
const MODULE = '../../examples/http-feed-consumer/server-sent-events.mjs';
const { serverSentEvents } = (await import(MODULE)) as {
  serverSentEvents: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Message>;
};

async function read(text: string, at: readonly number[] = []): Promise<Message[]> {
  const bytes = Buffer.from(text);
  const cuts = [0, ...at, bytes.length];
  async function* body() {
    for (const [i, from] of cuts.slice(0, -1).entries()) yield await Promise.resolve(bytes.subarray(from, cuts[i + 1]));
  }
  const found: Message[] = [];
  for await (const message of serverSentEvents(body())) found.push(message);
  return found;
}

const message = (id: string | undefined, event: string, data: string | undefined, retry?: number) => ({
  ...{ id, event, data, retry },
});

it.each<[string, ReturnType<typeof message>[]]>([
  ['data: a\n\n', [message(undefined, 'message', 'a')]],
  ['id: 1\nevent: x\ndata: a\n\ndata: b\n\n', [message('1', 'x', 'a'), message('1', 'message', 'b')]],
  ['data:a\ndata:  b\ndata\n\n', [message(undefined, 'message', 'a\n b\n')]],
  [': here\n\nevent: x\n\ndata: a\n\n', [message(undefined, 'message', 'a')]],
  ['data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c'].map((data) => message(undefined, 'message', data))],
  ['id: 1\ndata: a\n\nid\ndata: b\n\n', [message('1', 'message', 'a'), message('', 'message', 'b')]],
  [
    'retry: 5\n\nnever: heard\ndata: {"a":"b: c"}\n\n',
    [message(undefined, 'message', undefined, 5), message(undefined, 'message', '{"a":"b: c"}')],
  ],
  ['retry: soon\ndata: a\n\n', [message(undefined, 'message', 'a')]],
  [': keep-alive\nid: 7\n\n', [message('7', 'message', undefined)]],
  ['data: cut short\n', []],
  ['data: Zoë \u{1F600}\n\n', [message(undefined, 'message', 'Zoë \u{1F600}')]],
])('reads %j, wherever it is cut', async (text, expected) => {
  expect(await read(text)).toEqual(expected);
  for (let cut = 1; cut < Buffer.byteLength(text); cut++) expect(await read(text, [cut])).toEqual(expected);
});
