// @ts-check
import Database from 'better-sqlite3';

/** @import { UserEvent } from 'user-ledger/events' */

/**
 * Who has the developer permission, and how far in the log that is so. What an event changes and the checkpoint are one
 * transaction: a process that is killed has done both or neither, and goes on where it was.
 */
export class Developers {
  /** @param {string} file */
  constructor(file) {
    this.database = new Database(file);
    this.database.pragma('journal_mode = WAL');
    // Should the machine lose power, the last transactions may be gone, the checkpoint with them: they are told again.
    this.database.pragma('synchronous = NORMAL');
    this.database.exec(`
      create table if not exists developer (user_id text primary key, since text not null) strict;
      create table if not exists checkpoint (
        id integer primary key check (id = 0), position text not null, events integer not null
      ) strict;
    `);
    this.advance = this.database.prepare(
      `insert into checkpoint values (0, @position, 1)
       on conflict do update set position = excluded.position, events = events + 1`,
    );
    this.add = this.database.prepare('insert into developer values (?, ?) on conflict do nothing');
    this.remove = this.database.prepare('delete from developer where user_id = ?');
    this.tell = this.database.transaction(
      /** @type {(event: UserEvent, at: string, position: bigint) => void} */
      (event, at, position) => {
        this.change(event, at);
        this.advance.run({ position: `${position}` });
      },
    );
  }

  /** The position of the last event told; undefined before the first. */
  get position() {
    const position = this.database.prepare('select position from checkpoint').pluck().get();
    // 64 bits: SQLite has room for them, a number of JavaScript has not.
    return position === undefined ? undefined : BigInt(String(position));
  }

  close() {
    this.database.close();
  }

  /**
   * @param {UserEvent} event
   * @param {string} at
   */
  change(event, at) {
    switch (event.type) {
      case 'UserAdded':
      case 'UserInvited':
        if (event.data.isDeveloper) this.add.run(event.data.userId, at);
        return;
      case 'DeveloperPermissionGranted':
        this.add.run(event.data.userId, at);
        return;
      case 'DeveloperPermissionRevoked':
      case 'UserRemoved':
        this.remove.run(event.data.userId);
        return;
      default:
      // Other events, and those that will be thought of later, change nothing here.
    }
  }
}
