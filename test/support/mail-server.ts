import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** `to` is in lower case: mail programs spell domains as they like. */
type Mail = Readonly<{ to: string; text: string }>;

/** An SMTP server that keeps what it takes. */
export class MailServer {
  readonly mails: Mail[] = [];
  /** Answers the addresses in here so, with nothing taken. */
  readonly refusing = new Map<string, number>();
  private readonly server;
  private readonly waiting = new Set<() => void>();

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username = '' }, _session, answer) => {
        answer(null, { user: username });
      },
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, answer) => {
        const responseCode = this.refusing.get(address.toLowerCase());
        answer(responseCode === undefined ? null : Object.assign(new Error('no'), { responseCode }));
      },
      onData: (stream, { envelope }, answer) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const text = Buffer.concat(parts).toString().replaceAll('=\r\n', '').replaceAll('=3D', '=');
          for (const { address } of envelope.rcptTo) this.mails.push({ to: address.toLowerCase(), text });
          answer();
          for (const look of this.waiting) look();
        });
      },
    });
  }

  /** Resolves once it listens, on any free port unless told which. */
  static async start(port = 0): Promise<MailServer> {
    const mailServer = new MailServer();
    const listening = mailServer.server.listen(port, '127.0.0.1');
    await once(listening, 'listening');
    return mailServer;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Resolves to the mails to an address, once there are so many. */
  to(address: string, count = 1): Promise<Mail[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const theirs = this.mails.filter(({ to }) => to === address.toLowerCase());
        if (theirs.length < count) return;
        this.waiting.delete(look);
        resolve(theirs);
      };
      this.waiting.add(look);
      look();
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

/** The token in what was sent or logged. */
export const tokenIn = (text: string | undefined): string => /#token=([\w-]+)/.exec(text ?? '')?.[1] ?? 'no token';
