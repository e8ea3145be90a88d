import type { LoggerService } from '@nestjs/common';
import type { Log } from '../event-sourcing/log.js';

/** What Nest itself has to say, in lines like all others: its own would not be JSON. What it does step by step nobody reads. */
export const nestLog = (log: Log): LoggerService => ({
  error: (message: unknown, ...more: unknown[]) => {
    log.error(fieldsOf(message, more), 'the framework reports an error');
  },
  fatal: (message: unknown, ...more: unknown[]) => {
    log.error(fieldsOf(message, more), 'the framework reports an error');
  },
  warn: (message: unknown, ...more: unknown[]) => {
    log.warn(fieldsOf(message, more), 'the framework warns');
  },
  log: () => undefined,
});

/** Nest says what, where it happened in the code if it knows, and which part of it speaks, in this order. */
const fieldsOf = (message: unknown, more: readonly unknown[]): object => ({
  fault: message instanceof Error ? (message.stack ?? message.message) : String(message),
  more: more.map(String),
});
