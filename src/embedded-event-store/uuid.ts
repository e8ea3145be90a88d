import type { MessageWriter } from './message-writer.js';
import { eachField, readText } from './protobuf-fields.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NIL = '00000000-0000-0000-0000-000000000000';

/** Whether a text is a UUID as the log has it: lower-case, with dashes. */
export const isUuid = (text: string): boolean => UUID.test(text) && text !== NIL;

/** Reads a UUID in either form of the wire; undefined if there is none, if it is the nil one or no UUID at all. */
export function decodeUuid(bytes: Uint8Array): string | undefined {
  let text = '';
  eachField(bytes, (field, reader) => {
    if (field === 1) text = decodeStructured(reader.readBytes());
    if (field === 2) text = readText(reader).toLowerCase();
  });
  return isUuid(text) ? text : undefined;
}

function decodeStructured(bytes: Uint8Array): string {
  const halves = [0n, 0n];
  eachField(bytes, (field, reader) => {
    if (field === 1 || field === 2) halves[field - 1] = BigInt.asUintN(64, BigInt(reader.readInt64String()));
  });
  const digits = halves.map((half) => half.toString(16).padStart(16, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Writes a UUID as a field, in the form a reader asked for. */
export function writeUuid(writer: MessageWriter, field: number, id: string, structured: boolean): void {
  writer.message(field, () => {
    if (structured) writeStructured(writer, id.replaceAll('-', ''));
    else writer.text(2, id);
  });
}

function writeStructured(writer: MessageWriter, digits: string): void {
  writer.message(1, () => {
    writer.integer(2, BigInt(`0x${digits.slice(16)}`));
    writer.integer(1, BigInt(`0x${digits.slice(0, 16)}`));
  });
}
