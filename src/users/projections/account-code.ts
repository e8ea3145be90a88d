import { crc32 } from 'node:zlib';
import type { Test } from '../../event-sourcing/read-model.js';

/**
 * Stands for an account in indexes: ten of them with 26 characters in front of each entry would be larger than the
 * trail. Two accounts may share one, so whoever looks by it holds what is found against the account itself.
 */
export const accountCode = (accountId: string): number => crc32(accountId);

/** An account's entries: by the indexes that filters have, or by the one that all entries are in. */
export const ofAccount = (accountId: string, byFilter: boolean): Test =>
  byFilter
    ? { column: 'account', is: '=', value: accountCode(accountId) }
    : { column: 'accountId', is: '=', value: accountId };
