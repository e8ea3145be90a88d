import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NotesFile } from '../src/notes-file.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'notes-'));
  file = join(directory, 'notes.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const notes = (...numbers: number[]) => numbers.map((n) => ({ n }));

describe('a file of notes', () => {
  it('is empty before there is one', async () => {
    expect(await new NotesFile(file).read()).toEqual([]);
  });
  it('keeps what is added, in order, for its owner alone', async () => {
    const book = new NotesFile(file);
    await Promise.all(notes(1, 2, 3).map((note) => book.add(note)));
    expect(readFileSync(file, 'utf8')).toBe('\n{"n":1}\n{"n":2}\n{"n":3}');
    await book.add({ n: 4 });
    expect(await new NotesFile(file).read()).toEqual(notes(1, 2, 3, 4));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
  it('is replaced as a whole, and added to after', async () => {
    const book = new NotesFile(file);
    const writing = [book.add({ n: 1 }), book.replace(notes(7, 8)), book.add({ n: 9 }), book.add({ n: 10 })];
    await Promise.all(writing);
    expect(await book.read()).toEqual(notes(7, 8, 9, 10));
  });
  it('passes over a line that was cut short, and none after it', async () => {
    const book = new NotesFile(file);
    await book.add({ n: 1 });
    appendFileSync(file, '\n{"n":2');
    await book.add({ n: 3 });
    expect(await book.read()).toEqual(notes(1, 3));
  });
  it('reads a file that is one document', async () => {
    writeFileSync(file, '{"position":"5","waiting":[]}\n');
    expect(await new NotesFile(file).read()).toEqual([{ position: '5', waiting: [] }]);
  });
  it('says when it cannot write, and what waited with it is refused with it', async () => {
    const book = new NotesFile<{ n: number }>(join(directory, 'nowhere', 'notes.json'));
    const outcomes = await Promise.allSettled(notes(1, 2).map((note) => book.add(note)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
  it('that could not be written once is written again', async () => {
    const book = new NotesFile<{ n: number }>(join(directory, 'later', 'notes.json'));
    await expect(book.add({ n: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(join(directory, 'later'));
    await book.add({ n: 2 });
    expect(await book.read()).toEqual(notes(2));
  });
  it('of which only a part could be written says so, and what is added later is whole', () => {
    // Of the third note 24 bytes have room in a file of 1 KiB, and that much is written without an error.
    const program = `
      import { NotesFile } from ${JSON.stringify(pathToFileURL('dist/notes-file.js').href)};
      const book = new NotesFile(${JSON.stringify(file)});
      const outcomes = [];
      for (const [n, length] of [[1, 480], [2, 480], [3, 480], [4, 1]]) {
        const added = book.add({ n, text: 'x'.repeat(length) });
        outcomes.push(await added.then(() => 'kept', ({ code }) => code));
      }
      console.log(JSON.stringify({ outcomes, kept: (await book.read()).map(({ n }) => n) }));`;
    const shell = 'ulimit -f 1 && exec "$0" --input-type=module -e "$1"';
    const told = execFileSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' });
    expect(JSON.parse(told)).toEqual({ outcomes: ['kept', 'kept', 'EFBIG', 'kept'], kept: [1, 2, 4] });
  });
});
