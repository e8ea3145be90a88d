/** What a writer expects the last revision of the stream to be; a number may be any the wire can carry. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

const LARGEST = 2n ** 63n - 1n;
const MINUS_ONE = 2n ** 64n - 1n;

/** Reads the unsigned number of the wire, on which -1 stands for a stream without events; undefined if out of range. */
export function exactRevision(onWire: bigint): ExpectedRevision | undefined {
  if (onWire === MINUS_ONE) return 'no_stream';
  return onWire > LARGEST ? undefined : onWire;
}
