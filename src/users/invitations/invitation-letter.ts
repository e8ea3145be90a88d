import type { Letter } from '../../event-sourcing/mailer.js';
import type { Invitation, User } from '../domain/user.js';

/** The way to the page where an invitation is accepted. What comes after # stays out of the logs of servers. */
export const invitationLink = (publicUrl: string, token: string): string =>
  `${publicUrl}/invitations/accept#token=${token}`;

/** What an invited user is written. */
export function invitationLetter(user: User, { invitationId, expiresAt }: Invitation, link: string): Letter {
  const until = `${expiresAt.slice(0, 10)} ${expiresAt.slice(11, 16)} UTC`;
  const lines = [
    `Hello ${user.name},`,
    '',
    'you have been invited. To accept, open this link:',
    '',
    link,
    '',
    `It can be used once, until ${until}. If you did not expect it, do nothing.`,
  ];
  const to = { name: user.name, address: user.email };
  return { id: invitationId, to, subject: 'You have been invited', text: `${lines.join('\n')}\n`, link };
}
