import { crc32 } from 'node:zlib';

/**
 * Stands for an account in indexes: with its 26 characters in front of every entry they would be larger than the trail.
 * Two accounts may share one, so whoever looks by it holds what is found against the account itself.
 */
export const accountCode = (accountId: string): number => crc32(accountId);
