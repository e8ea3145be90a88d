import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkConnectionString, withOwnConnection } from '../../../src/infrastructure/event-store/connection-string.js';
import { openClient } from '../../../src/infrastructure/event-store/client.js';
import { refuseDebugOutput } from '../../../src/infrastructure/event-store/debug-output.js';

describe('the event store address', () => {
  it.each([
    'esdb://localhost:2113?tls=false',
    'esdb+discover://a:b@host?nodePreference=leader&throwOnAppendFailure=true',
  ])('may be %s', (url) => {
    expect(() => {
      checkConnectionString(url);
    }).not.toThrow();
  });

  it.each([
    ['throwOnAppendFailure=false', 'throwOnAppendFailure'],
    ['Throw_On-Append_Failure=false', 'throwOnAppendFailure'],
    ['tls=true&throwonappendfailure=false', 'throwOnAppendFailure'],
    ['tlsVerifyCert=false', 'tlsVerifyCert'],
    ['secret=1', 'unknown option'],
  ])('must not say %s', (query, fault) => {
    expect(() => {
      checkConnectionString(`esdb://user:hidden@host?${query}`);
    }).toThrow(fault);
  });

  it.each(['http://user:hidden@host', 'esdb://user:hidden@host:port', 'esdb://us er:hidden@'])(
    'is not quoted, for it may hold a password: %s',
    (url) => {
      const open = () => {
        checkConnectionString(url);
        openClient(url);
      };
      expect(open).toThrow('the event store address');
      expect(open).not.toThrow('hidden');
    },
  );

  it('leads every client to a connection of its own', () => {
    expect(withOwnConnection('esdb://host:1?tls=false&keepAliveTimeout=5', 3)).toBe(
      'esdb://host:1?tls=false&keepAliveTimeout=10003',
    );
    expect(withOwnConnection('esdb://host:1/', 4)).toBe('esdb://host:1?keepAliveTimeout=10004');
  });
});

describe('debug output', () => {
  it.each(['esdb', 'esdb:*', '*', 'express,esdb:connection', 'e*', 'esdb*'])(
    'is refused in production: %s',
    (pattern) => {
      expect(() => {
        refuseDebugOutput({ NODE_ENV: 'production', DEBUG: pattern });
      }).toThrow('DEBUG');
    },
  );

  it.each([
    ['development', 'esdb:*'],
    ['production', 'express:*,-esdb'],
    ['production', undefined],
  ])('is none of our business in %s: %s', (environment, pattern) => {
    expect(() => {
      refuseDebugOutput({ NODE_ENV: environment, DEBUG: pattern });
    }).not.toThrow();
  });
});

describe('the gRPC library', () => {
  it('is there once, and newer than its known vulnerabilities', () => {
    const copies = readdirSync('node_modules', { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('@grpc/grpc-js/package.json'),
    );
    expect(copies).toEqual(['@grpc/grpc-js/package.json']);
    const { version } = JSON.parse(readFileSync('node_modules/@grpc/grpc-js/package.json', 'utf8')) as {
      version: string;
    };
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
    expect(major * 1_000_000 + minor * 1_000 + patch).toBeGreaterThanOrEqual(1_014_004);
  });
});
