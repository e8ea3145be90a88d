import { afterEach } from '@jest/globals';

/** What is pushed onto it ends what a test has started or made, and is called after that test, the latest first. */
export function tidiedAfterEach(withinMs: number): (() => unknown)[] {
  const leftovers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const tidy of leftovers.splice(0).reverse()) await tidy();
  }, withinMs);
  return leftovers;
}
