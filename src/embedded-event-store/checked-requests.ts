import protobuf from 'google-protobuf';
import type { BinaryReader, Message } from 'google-protobuf';
import { plainBytes } from './protobuf-fields.js';

/** A generated class of messages. */
type MessageType = {
  new (): Message;
  deserializeBinaryFromReader(message: Message, reader: BinaryReader): Message;
};

/**
 * The same service, except that a request whose parts are longer than the whole is refused. The generated classes take
 * such a part, message or text, by its word and read on past the end for minutes, during which the store does nothing else.
 */
export function withCheckedRequests<Service extends object>(service: Service): Service {
  const check = ([name, method]: [string, { readonly requestType: MessageType }]): [string, object] => [
    name,
    { ...method, requestDeserialize: (bytes: Buffer) => decodeChecked(method.requestType, bytes) },
  ];
  const checked = Object.entries(service as Record<string, { readonly requestType: MessageType }>).map(check);
  return Object.fromEntries(checked) as Service;
}

/** Reads a message, or throws. */
export function decodeChecked(type: MessageType, bytes: Uint8Array): Message {
  const reader = new protobuf.BinaryReader(plainBytes(bytes));
  const nextField = reader.nextField.bind(reader);
  reader.nextField = () => {
    const isField = nextField();
    if (isField && reader.isDelimited() && endOfPart(bytes, reader.getCursor()) > bytes.byteLength)
      throw new Error('truncated message');
    return isField;
  };
  return type.deserializeBinaryFromReader(new type(), reader);
}

/** Where the part ends whose length begins at a place. */
function endOfPart(bytes: Uint8Array, start: number): number {
  let length = 0;
  let at = start;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at++] ?? 0;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return at + length;
  }
}
