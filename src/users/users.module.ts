import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { ReadModelShape } from '../event-sourcing/projection.js';
import { ActiveAdminRows } from './active-admin-rows.js';
import { AcceptInvitationHandler } from './commands/accept-invitation.handler.js';
import { ActiveAdmins } from './commands/active-admins.js';
import { CreateUserHandler } from './commands/create-user.handler.js';
import { Invitations } from './commands/invitations.js';
import { IssueApiKeyHandler } from './commands/issue-api-key.handler.js';
import { Once } from './commands/once.js';
import { OpenAccountHandler } from './commands/open-account.handler.js';
import { Refusals } from './commands/refusals.js';
import { RecordAuditReadingHandler } from './commands/record-audit-reading.handler.js';
import { RemoveUserHandler } from './commands/remove-user.handler.js';
import { ResendInvitationHandler } from './commands/resend-invitation.handler.js';
import { RevokeApiKeyHandler } from './commands/revoke-api-key.handler.js';
import { SetPermissionsHandler } from './commands/set-permissions.handler.js';
import { UpdateUserHandler } from './commands/update-user.handler.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { AuditController } from './http/audit.controller.js';
import { ContractController } from './http/contract.controller.js';
import { EventStreams } from './http/event-streams.js';
import { InvitationPageController } from './http/invitation-page.controller.js';
import { InvitationsController } from './http/invitations.controller.js';
import { PermissionsController } from './http/permissions.controller.js';
import { UserLifecycleController } from './http/user-lifecycle.controller.js';
import { UserEventFeed } from './http/user-event-feed.js';
import { UserEventsController } from './http/user-events.controller.js';
import { UsersController } from './http/users.controller.js';
import { accountView } from './projections/account-view.projection.js';
import { apiKeyView } from './projections/api-key-view.projection.js';
import { auditClock } from './projections/audit-clock.projection.js';
import { auditChange } from './projections/audit-change.chronicle.js';
import { auditEntry } from './projections/audit-entry.chronicle.js';
import { commandReceipt } from './projections/command-receipt.projection.js';
import { invitationView } from './projections/invitation-view.projection.js';
import { userVersion } from './projections/user-version.chronicle.js';
import { userView } from './projections/user-view.projection.js';
import { ApiKeyChanges } from './queries/api-key-changes.js';
import { Authentication } from './queries/authenticate.js';
import { AuditTrail } from './queries/audit-trail.js';
import { FindAuditEventsHandler } from './queries/find-audit-events.handler.js';
import { FindUserEventsHandler } from './queries/find-user-events.handler.js';
import { FindInvitedUserHandler } from './queries/find-invited-user.handler.js';
import { GetUserHandler } from './queries/get-user.handler.js';
import { KeysInLog } from './queries/keys-in-log.js';
import { IssuedApiKeyHandler } from './queries/issued-api-key.handler.js';
import { ListApiKeysHandler } from './queries/list-api-keys.handler.js';
import { ListUsersHandler } from './queries/list-users.handler.js';
import { SettleHandler } from './queries/settle.handler.js';
import { UserHistory } from './queries/user-history.js';

/** What the projector tells, and of which streams. */
export const readModel: ReadModelShape = {
  streams: ['user-', 'apikey-', 'account-', 'denied-'],
  projections: [userView, apiKeyView, accountView, invitationView, commandReceipt, auditClock],
  chronicles: [userVersion, auditEntry, auditChange],
};

@Module({
  imports: [CqrsModule.forRoot()],
  exports: [EventStreams],
  controllers: [
    ...[UsersController, UserLifecycleController, PermissionsController, InvitationsController],
    ...[InvitationPageController, ApiKeysController],
    ...[AuditController, ContractController, UserEventsController],
  ],
  providers: [
    ...[UpdateUserHandler, OpenAccountHandler, RecordAuditReadingHandler, Once, Refusals],
    ...[CreateUserHandler, RemoveUserHandler, ResendInvitationHandler, SetPermissionsHandler],
    ...[AcceptInvitationHandler, Invitations, FindInvitedUserHandler, SettleHandler],
    { provide: ActiveAdmins, useClass: ActiveAdminRows },
    ...[GetUserHandler, ListUsersHandler, FindAuditEventsHandler, UserHistory, AuditTrail],
    ...[Authentication, KeysInLog],
    ...[IssueApiKeyHandler, RevokeApiKeyHandler, IssuedApiKeyHandler, ListApiKeysHandler, ApiKeyChanges],
    ...[FindUserEventsHandler, EventStreams, UserEventFeed],
  ],
})
export class UsersModule {}
