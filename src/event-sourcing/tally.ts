import { hash } from 'node:crypto';
import type { Recorded } from './fact.js';

/**
 * Of which events something was told: how many, and a hash of each one's position and id together with that of all before
 * it. Two that are equal are of the same events, told once each and in the same order.
 */
export type Tally = Readonly<{ events: number; chain: string }>;

/** Before any event. */
export const NOTHING_TOLD: Tally = { events: 0, chain: '' };

/** The tally once these are told, too, in however many parts. */
export function tallied(before: Tally, events: readonly Pick<Recorded, 'position' | 'id'>[]): Tally {
  let { chain } = before;
  for (const { position, id } of events) chain = hash('sha256', `${chain} ${position} ${id}`, 'base64url');
  return { events: before.events + events.length, chain };
}
