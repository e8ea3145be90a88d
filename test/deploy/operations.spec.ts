import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { transportProblems } from '../../src/http/transport-problems.js';
import { statusTable } from '../../src/users/http/status-table.js';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const page = read('docs/operations.md');
/** Without its line breaks, for they fall anywhere. */
const prose = page.replace(/\s+/g, ' ');
const kinds: Readonly<Record<string, { status: number }>> = { ...transportProblems, ...statusTable };

describe('docs/operations.md', () => {
  it('says of each problem the status that it has', () => {
    const told = [...prose.matchAll(/\b([45]\d\d) (?:after \d s: )?`([a-z-]+)`/g)].map(([, status, code = '']) => ({
      code,
      status: Number(status),
    }));
    expect(told.length).toBeGreaterThan(15);
    expect(told.filter(({ code, status }) => kinds[code]?.status !== status)).toEqual([]);
  });

  it('names only metrics that there are', () => {
    // Held against the service itself, by the test of metrics.
    const known = [...read('docs/observability.md').matchAll(/^\| `(user_ledger_\w+)`/gm)].map(([, name]) => name);
    const metrics = [...page.matchAll(/`(user_ledger_\w*[a-z])`/g)].map(([, name]) => name);
    expect(metrics.length).toBeGreaterThan(3);
    expect(metrics.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('quotes what the service says', () => {
    const said = [
      ['src/infrastructure/projector/projector.ts', 'the projector has stopped'],
      ['src/users/invitations/invitation-mails.ts', 'an invitation could not be mailed; trying again'],
      ['src/announce.ts', 'The event store has accounts already'],
      ['src/infrastructure/read-model/directory-lock.ts', 'is in use by another process'],
      ['src/explain.ts', 'is in use; set PORT to another'],
    ] as const;
    for (const [file, words] of said) {
      expect(prose).toContain(words);
      expect(read(file)).toContain(words);
    }
  });

  it('says of each fault what callers see, what auditors and consumers see, and what to do', () => {
    const [, breaks = ''] = page.split('\n## What breaks\n');
    const faults = breaks.split('\n### ').slice(1);
    expect(faults.length).toBeGreaterThan(20);
    for (const fault of faults)
      expect([fault.split('\n', 1)[0], [...fault.matchAll(/^- \*\*(.+):\*\* \S/gm)].map(([, about]) => about)]).toEqual(
        [expect.any(String), ['Callers', 'Auditors and consumers', 'What to do']],
      );
  });

  it('leads only to what is there', () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(read(`docs/${link}`).length).toBeGreaterThan(0);
    const heading = (text: string): string =>
      text
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-');
    const places = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => heading(text));
    const leaps = [...page.matchAll(/\]\(#([^)]+)/g)].map(([, place = '']) => place);
    expect(leaps.length).toBeGreaterThan(2);
    expect(leaps.filter((place) => !places.includes(place))).toEqual([]);
  });
});
