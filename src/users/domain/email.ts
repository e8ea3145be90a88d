const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** Atoms joined by single dots (RFC 5322 dot-atom), with letters of any script (RFC 6531). Quoted ones nobody has. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Two labels at least; none begins or ends with a hyphen. */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]$/u;

/** An e-mail as it is stored; it is compared without regard to case besides. */
export const normaliseEmail = (text: string): string => text.normalize('NFC');

/** Why a text cannot be an e-mail address, in words for the caller; undefined when it can. */
export function emailFault(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (Buffer.byteLength(text) > MAX_LENGTH) return `must have at most ${MAX_LENGTH} bytes`;
  const possible = local.length <= MAX_LOCAL_LENGTH && LOCAL.test(local) && DOMAIN.test(domain);
  return possible ? undefined : 'must be an e-mail address';
}
