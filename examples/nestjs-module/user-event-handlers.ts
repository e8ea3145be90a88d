import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { UserEvent } from 'user-ledger/events';
import { ON_USER_EVENT, type Stored } from './on-user-event.js';

type Handle = (event: Stored) => unknown;

/** All methods of the application that are marked with `OnUserEvent`, by the types they are for. */
@Injectable()
export class UserEventHandlers {
  private readonly handlers = new Map<string, Handle[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  find(): void {
    for (const { instance } of [...this.discovery.getProviders(), ...this.discovery.getControllers()])
      if (typeof instance === 'object' && instance !== null) this.register(instance as object);
  }

  /** Calls every handler of an event's type, in turn; an event nobody asked for is done at once. */
  async handle(event: Stored): Promise<void> {
    for (const handle of this.handlers.get(event.type) ?? []) await handle(event);
  }

  private register(provider: object): void {
    const prototype = Object.getPrototypeOf(provider) as Record<string, Handle>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype[name];
      if (!method) continue;
      const types = Reflect.getMetadata(ON_USER_EVENT, method) as readonly UserEvent['type'][] | undefined;
      for (const type of types ?? [])
        this.handlers.set(type, [...(this.handlers.get(type) ?? []), (event) => method.call(provider, event)]);
    }
  }
}
