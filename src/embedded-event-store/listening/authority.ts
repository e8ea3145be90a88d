/** Where a client believes the node to be. */
export type Address = { readonly address: string; readonly port: number };

/** Takes apart what was dialled, such as `localhost:2113` or `[::1]:2113`. What is left out is as the caller says. */
export function addressIn(authority: string, fallback: Address): Address {
  const [, address, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  return address === undefined ? fallback : { address, port: port === undefined ? fallback.port : Number(port) };
}
