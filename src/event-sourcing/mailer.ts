/** A letter to one person. `id` is the same however often it is sent, so that mail programs can tell. */
export type Letter = Readonly<{
  id: string;
  to: Readonly<{ name: string; address: string }>;
  subject: string;
  text: string;
  /** What the letter is sent for. */
  link: string;
}>;

/** The mail server will not have this letter, now or later. */
export class MailRefused extends Error {
  readonly code = 'mail-refused';
}

/** Sends letters. A port. */
export abstract class Mailer {
  /**
   * Resolves once the letter has been handed over.
   *
   * @throws MailRefused; anything else says that it can be tried again
   */
  abstract send(letter: Letter): Promise<void>;

  /** Lets go of connections. */
  abstract close(): void;
}
