import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../src/settings.js';
import { settingNames } from '../support/setting-names.js';

// The parser that Nest's OpenAPI support brings. `<<` is of YAML 1.1; later versions of it have no word for it.
const yaml = createRequire(import.meta.resolve('@nestjs/swagger'))('js-yaml') as {
  load(text: string, options: { schema: unknown }): unknown;
  YAML11_SCHEMA: unknown;
};

type Service = Readonly<{
  image?: string;
  build?: string;
  profiles?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  ports?: readonly string[];
  volumes?: readonly string[];
  networks?: Readonly<Record<string, { ipv4_address?: string }>>;
  depends_on?: Readonly<Record<string, { condition: string }>>;
  healthcheck?: { test: readonly string[] };
  restart?: string;
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } };
}>;
type Compose = Readonly<{ services: Record<string, Service>; volumes: Record<string, unknown> }>;

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const yamlFile = (name: string): unknown => yaml.load(read(name), { schema: yaml.YAML11_SCHEMA });
const composeFile = (name: string): Compose => yamlFile(name) as Compose;
const compose = composeFile('docker-compose.yml');
const storeAlone = composeFile('deploy/eventstore.yml');
const services = [...Object.entries(compose.services), ...Object.entries(storeAlone.services)];
const ledgers = Object.entries(compose.services).filter(([name]) => name.startsWith('ledger-'));
const environment = compose.services['ledger-1']?.environment ?? {};

describe('docker-compose.yml', () => {
  it.each(services)('%s: a release, a check, a restart, limits, and ports on loopback alone', (_name, service) => {
    const release = /^[a-z/-]+:v?\d+\.\d+\.\d+(-[a-z-]+)?$|^postgres:\d+\.\d+-bookworm$/;
    expect(service.image ?? '').toMatch(service.build ? /^$/ : release);
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.restart).toBe('unless-stopped');
    const { cpus, memory } = service.deploy?.resources?.limits ?? {};
    expect([cpus, memory].join()).toMatch(/^\d+,\d+[gm]$/);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('publishes one port, and that of Prometheus where it is asked for', () => {
    const published = Object.entries(compose.services).filter(([, { ports = [] }]) => ports.length > 0);
    expect(published.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['nginx', undefined],
      ['prometheus', ['watch']],
    ]);
  });

  it('has every address on the network of nginx taken by one of those it is meant for', () => {
    const front = Object.values(compose.services).flatMap(({ networks = {} }) =>
      'front' in networks ? [networks.front.ipv4_address] : [],
    );
    expect(front).not.toContain(undefined);
    expect(new Set(front).size).toBe(front.length);
  });

  it('asks PostgreSQL whether it is well by the way that instances take, not by its socket', () => {
    expect(compose.services.postgres?.healthcheck?.test.join(' ')).toContain(' -h 127.0.0.1 ');
  });

  it('has Prometheus scrape every instance', () => {
    const prometheus = yamlFile('deploy/prometheus/prometheus.yml') as {
      scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
    };
    const targets = prometheus.scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((c) => c.targets));
    expect(targets).toEqual(ledgers.map(([name]) => `${name}:3000`));
    expect(compose.services.prometheus?.volumes).toContain('./deploy/prometheus:/etc/prometheus:ro');
  });

  it('starts each service after those it asks are healthy', () => {
    const asked = Object.values(compose.services).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    expect(asked.length).toBeGreaterThan(0);
    for (const [name, { condition }] of asked) {
      expect(condition).toBe('service_healthy');
      expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  });

  it('keeps data in volumes with names, and gives no instance the directory of another', () => {
    const named = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((name) => !name.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    const data = ledgers.map(([, { volumes = [] }]) => volumes.find((volume) => volume.endsWith(':/data')));
    expect(new Set(data).size).toBe(ledgers.length);
  });

  it('names only settings that there are', () => {
    expect(ledgers).toHaveLength(2);
    for (const [, service] of ledgers) {
      expect(Object.keys(service.environment ?? {}).length).toBeGreaterThan(0);
      expect(Object.keys(service.environment ?? {}).filter((name) => !settingNames.includes(name))).toEqual([]);
    }
  });

  it('gives each values that it takes', () => {
    const given: Record<string, string | undefined> = { POSTGRES_PASSWORD: 'secret' };
    const filled = (text: string): string =>
      text.replace(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name: string, otherwise: string) => given[name] ?? otherwise);
    for (const [, service] of ledgers) {
      const values = Object.entries(service.environment ?? {}).map(([name, value]) => [name, filled(value)]);
      const settings = readSettings(Object.fromEntries(values) as Record<string, string>);
      expect(settings.databaseUrl).toBe('postgres://user_ledger:secret@postgres:5432/user_ledger');
      expect(settings.eventStoreUrl).toBe('esdb://eventstore:2113?tls=false');
    }
  });

  it('believes nginx and nobody else, and nginx knows every instance', () => {
    expect(environment.TRUST_PROXY).toBe(compose.services.nginx?.networks?.front?.ipv4_address);
    const upstreams = [...read('deploy/nginx.conf').matchAll(/server ([\d.]+):3000 /g)].map(([, address]) => address);
    expect(upstreams).toEqual(ledgers.map(([, { networks }]) => networks?.front?.ipv4_address));
  });

  it('has no password in it', () => {
    expect(environment.DATABASE_URL).toMatch(/:\/\/user_ledger:\$\{POSTGRES_PASSWORD:\?[^}]+\}@/);
    expect(compose.services.postgres?.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(read('.gitignore').split('\n')).toContain('.env');
  });
});
