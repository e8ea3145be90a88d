import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { UserEventHandlers } from './user-event-handlers.js';
import { OPTIONS, type UserEventsOptions, UserEventsSubscriber } from './user-events.subscriber.js';

/** Brings user events to methods marked with `OnUserEvent`. The group must have been made before. */
@Module({})
export class UserEventsModule {
  static forRoot(options: UserEventsOptions): DynamicModule {
    return {
      module: UserEventsModule,
      imports: [DiscoveryModule],
      providers: [{ provide: OPTIONS, useValue: options }, UserEventHandlers, UserEventsSubscriber],
    };
  }
}
