import { expect, it } from '@jest/globals';
import { clientAddress, networkOf } from '../../src/http/client-address.js';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::7', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:0000:0000:0000:0009', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['garbage', 'garbage'],
])('%s stands for %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('passes on no address that is none', () => {
  const socket = { remoteAddress: '127.0.0.1' } as never;
  expect(clientAddress({ ip: '203.0.113.9', socket })).toBe('203.0.113.9');
  expect(clientAddress({ ip: '<script>', socket })).toBe('127.0.0.1');
});
