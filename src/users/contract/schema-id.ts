/** The name of the schema of an event type's data at a version. */
export const schemaId = (type: string, version: number): string => `urn:user-ledger:schema:${type}:${version}`;
