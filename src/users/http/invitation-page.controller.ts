import { createHash } from 'node:crypto';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

const SCRIPT = `
const [form, said] = [document.querySelector('form'), document.querySelector('output')];
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const headers = { 'content-type': 'application/json' };
  const address = '../v2/invitations/accept';
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ token }) }).catch(() => null);
  form.hidden = answer?.ok === true;
  said.value = answer?.ok ? 'Welcome. You have accepted.'
    : answer?.status === 404 || answer?.status === 400 ? 'This invitation is no longer good. Ask for another.'
    : 'That did not work. Try again in a moment.';
});
`;
const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Invitation</title>
<h1>You have been invited</h1>
<form><button>Accept</button></form><p><output></output></p>
<script>${SCRIPT}</script></html>
`;
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/**
 * Where the link of an invitation leads. Programs that look at links in mails open pages, but press no buttons: nothing is
 * accepted by looking.
 */
@ApiExcludeController()
@Controller('invitations/accept')
export class InvitationPageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('referrer-policy', 'no-referrer')
  @Header(
    'content-security-policy',
    `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  )
  page(): string {
    return PAGE;
  }
}
