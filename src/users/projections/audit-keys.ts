import type { Position } from '../../event-sourcing/fact.js';

// Rising along the log: rows are added at the end of their tables.

/** The key of an event's entry in the audit trail. */
export const auditEntryKey = (position: Position): string => position.toString().padStart(20, '0');

/** The key of one of its changes, by its place in it. */
export const auditChangeKey = (position: Position, index: number): string => `${auditEntryKey(position)}/${index}`;
