// An application that greets whoever is added, and notes who is called what.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnUserEvent, Park, type Stored } from './on-user-event.js';
import { UserEventsModule } from './user-events.module.js';

@Injectable()
class Greeter {
  @OnUserEvent('UserAdded', 'UserActivated')
  greet({ id, type, data }: Stored<'UserAdded' | 'UserActivated'>): void {
    console.log(`${id} ${type} hello ${data.userId}`);
  }

  @OnUserEvent('UserRenamed')
  note({ id, data }: Stored<'UserRenamed'>): void {
    if (data.to.trim() === '') throw new Park('nobody is called nothing');
    console.log(`${id} UserRenamed ${data.userId} is called ${data.to}`);
  }
}

async function main(): Promise<void> {
  const { EVENTSTORE_URL: url, GROUP: group } = process.env;
  if (!url || !/^esdb(\+discover)?:\/\/./.test(url))
    throw new Error('EVENTSTORE_URL must be set, to an esdb:// address');
  if (!group) throw new Error('GROUP must be set; make one with: npm run -s cli -- consumers create GROUP');

  @Module({ imports: [UserEventsModule.forRoot({ url, group })], providers: [Greeter] })
  class Greetings {}

  const app = await NestFactory.createApplicationContext(Greetings, { logger: ['error', 'warn'] });
  // SIGTERM ends the application once the event under way is answered.
  app.enableShutdownHooks();
  console.log(`greeting for ${group}`);
}

main().catch((error: unknown) => {
  console.error(`nestjs-module: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
