import { isIP, isIPv4, SocketAddress } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Proxies whose word on where a request came from is taken: addresses, CIDRs, or names of ranges. */
export type TrustProxy = false | readonly string[];

/** Where a request came from, as far as trusted proxies say; what is no address is not passed on as one. */
export function clientAddress(request: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return isIP(request.ip) ? request.ip : (request.socket.remoteAddress ?? '');
}

/** Whom an address stands for: an IPv6 customer has a whole /64 of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIP(address) !== 6) return address;
  return `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, whichever way it is written. */
function groupsOf(address: string): string[] {
  const plain = new SocketAddress({ address: address.split('%', 1)[0] ?? '', family: 'ipv6' }).address;
  const [head = '', tail] = plain.split('::', 2);
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const left = first ?? [];
  const right = last ?? [];
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: gap }, () => '0'), ...right];
}
