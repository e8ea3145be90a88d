import type { Position } from '../../event-sourcing/fact.js';

/** The key of an entry of the audit trail, by its event and its place in it. Rising: rows are added at the table's end. */
export const auditEntryKey = (position: Position, index: number): string =>
  `${position.toString().padStart(20, '0')}/${index}`;
