import { parentPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Answer, Question } from './sqlite-thread.js';
import { openDatabase, preparingOnce } from './sqlite.js';

// The thread of a SqliteThread: what is asked, statement by statement, and the answer.

const database = openDatabase((workerData as { file: string }).file, 'writing');
const { prepare } = preparingOnce(database);

parentPort?.on('message', (question: Question | 'close') => {
  if (question === 'close') {
    database.close();
    parentPort?.close();
  } else parentPort?.postMessage(answer(question));
});

function answer({ id, statements, atomic }: Question): Answer {
  try {
    if (atomic) prepare('begin immediate').run();
    const results = statements.map(({ sql, parameters }) => run(prepare(sql), parameters));
    if (atomic) prepare('commit').run();
    return { id, results };
  } catch (error) {
    if (database.inTransaction) prepare('rollback').run();
    const { code = 'SQLITE_ERROR', message = String(error) } = error as { code?: string; message?: string };
    return { id, fault: { code, message } };
  }
}

function run(statement: Database.Statement, parameters: readonly unknown[]): unknown {
  return statement.reader ? statement.all(parameters) : statement.run(parameters).changes;
}
