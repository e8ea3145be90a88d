/** Whoever asks: the owner of the API key, with the rights they have at this moment. */
export type Actor = Readonly<{
  userId: string;
  accountId: string;
  name: string;
  role: string;
  permissions: readonly string[];
  apiKeyId: string;
}>;
