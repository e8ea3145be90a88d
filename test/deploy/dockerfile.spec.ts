import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settingNames } from '../support/setting-names.js';

const path = (name: string): URL => new URL(`../../${name}`, import.meta.url);
const read = (name: string): string => readFileSync(path(name), 'utf8');
const { engines, scripts, allowScripts } = JSON.parse(read('package.json')) as {
  engines: { node: string };
  scripts: Record<string, string>;
  allowScripts: Record<string, boolean>;
};

/** Instructions with their lines joined, comments left out. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter(Boolean);
const argumentsOf = (name: string): string[] =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
/** What the image that is run is made of. */
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));

const numbers = (version: string): number[] => version.split('.').map(Number);

describe('Dockerfile', () => {
  it('builds and runs on one exact release of Node, of those the service runs on and that are supported for long', () => {
    const bases = argumentsOf('FROM').map((base) => /^node:(\d+\.\d+\.\d+)-bookworm(-slim)?( AS \w+)?$/.exec(base));
    const [build, run] = bases.map((base) => base?.[1] ?? '');
    expect([build, bases.length]).toEqual([run, 2]);
    const [major = 0, minor = 0] = numbers(run ?? '');
    const [leastMajor = 0, leastMinor = 0] = numbers(/^>=(\S+) <24$/.exec(engines.node)?.[1] ?? '');
    expect(major * 1000 + minor).toBeGreaterThanOrEqual(leastMajor * 1000 + leastMinor);
    expect(major % 2).toBe(0);
    // Built against the headers of Node 24.19 and later, better-sqlite3 before 13 ends the process now and then.
    expect(major).toBeLessThan(24);
    expect(bases[1]?.[2]).toBe('-slim');
  });

  it('runs the scripts of those packages alone that package.json allows', () => {
    const [install = ''] = argumentsOf('RUN');
    const allowed = Object.entries(allowScripts).filter(([, allow]) => allow);
    expect(install).toContain('npm ci --ignore-scripts');
    expect(/npm rebuild ([\w @/-]+)$/.exec(install)?.[1]?.split(' ')).toEqual(allowed.map(([name]) => name));
  });

  it('copies what is there, and lets in what it copies', () => {
    const copied = argumentsOf('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((name) => !existsSync(path(name)))).toEqual([]);
    const [everything, ...excepted] = read('.dockerignore')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(everything).toBe('*');
    expect(excepted.map((line) => line.slice(1)).sort()).toEqual(copied.sort());
  });

  it('starts what npm start does, as nobody special, and ends it as the service wants to be ended', () => {
    expect(last).toContain(`CMD ${JSON.stringify(scripts.start?.split(' ')).replaceAll(',', ', ')}`);
    expect(last).toContain('USER 1000:1000');
    expect(last).toContain('STOPSIGNAL SIGTERM');
    expect(last).toContain('VOLUME /data');
    expect(last.filter((line) => line.startsWith('HEALTHCHECK '))).toHaveLength(1);
  });

  it('names only settings that there are', () => {
    const [, ...environment] = argumentsOf('ENV');
    const names = environment.flatMap((line) => line.split(' ').map((part) => part.split('=')[0] ?? ''));
    expect(names.filter((name) => name !== 'NODE_ENV' && !settingNames.includes(name))).toEqual([]);
    expect(names).toContain('NODE_ENV');
  });
});
