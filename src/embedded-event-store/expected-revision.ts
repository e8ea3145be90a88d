/** What a writer expects the last revision of the stream to be; a number may be any the wire can carry. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

const LARGEST = 2n ** 63n - 1n;
const MINUS_ONE = 2n ** 64n - 1n;

/** Reads the unsigned number of the wire, on which -1 stands for a stream without events; undefined if out of range. */
export function exactRevision(onWire: bigint): ExpectedRevision | undefined {
  if (onWire === MINUS_ONE) return 'no_stream';
  return onWire > LARGEST ? undefined : onWire;
}

/** The numbers that stand for expectations where an error tells of one. */
const CODES = { any: '-2', no_stream: '-1', stream_exists: '-4' } as const;

export const codeOf = (expected: ExpectedRevision): string =>
  typeof expected === 'bigint' ? `${expected}` : CODES[expected];
