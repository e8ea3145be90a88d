import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Once } from './commands/once.js';
import { OpenAccountHandler } from './commands/open-account.handler.js';
import { UpdateUserHandler } from './commands/update-user.handler.js';
import { UsersController } from './http/users.controller.js';
import { accountView } from './projections/account-view.projection.js';
import { apiKeyView } from './projections/api-key-view.projection.js';
import { commandReceipt } from './projections/command-receipt.projection.js';
import { userView } from './projections/user-view.projection.js';
import { Authentication } from './queries/authenticate.js';
import { GetUserHandler } from './queries/get-user.handler.js';
import { UserHistory } from './queries/user-history.js';

/** What the projector tells, and of which streams. */
export const projections = [userView, apiKeyView, accountView, commandReceipt];
export const projectedStreams = ['user-', 'apikey-', 'account-'];

@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [UsersController],
  providers: [UpdateUserHandler, OpenAccountHandler, Once, GetUserHandler, UserHistory, Authentication],
})
export class UsersModule {}
