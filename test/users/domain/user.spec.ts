import { describe, expect, it } from '@jest/globals';
import {
  CorruptHistory,
  RevisionMismatch,
  UpdateNotAllowed,
  UserNotFound,
  UsersNotReadable,
} from '../../../src/users/domain/user.errors.js';
import type { UserEvent } from '../../../src/users/domain/user.events.js';
import { evolve, updateUser } from '../../../src/users/domain/user.js';
import {
  admin,
  annotator,
  holding,
  member,
  stranger,
  update,
  USER,
  userAdded,
  userInvited,
} from '../../support/examples.js';
import { scenarios } from '../../support/scenarios.js';

const given = scenarios({ evolve, decide: updateUser });
const renamed = (from: string, to: string): UserEvent => ({ type: 'UserRenamed', data: { userId: USER, from, to } });
const granted: UserEvent = { type: 'DeveloperPermissionGranted', data: { userId: USER } };
const revoked: UserEvent = { type: 'DeveloperPermissionRevoked', data: { userId: USER } };
const removed: UserEvent = { type: 'UserRemoved', data: { userId: USER } };

describe('updating a user', () => {
  it('renames', () => {
    given(userAdded({ name: 'Ada' }))
      .when(update({ name: 'Ada King' }))
      .emits(renamed('Ada', 'Ada King'));
  });
  it('grants developer permission', () => {
    given(userAdded())
      .when(update({ isDeveloper: true }))
      .emits(granted);
  });
  it('revokes developer permission', () => {
    given(userAdded(), granted)
      .when(update({ isDeveloper: false }))
      .emits(revoked);
  });
  it('does both at once', () => {
    given(userAdded({ name: 'Ada' }))
      .when(update({ name: 'B', isDeveloper: true }))
      .emits(renamed('Ada', 'B'), granted);
  });
  it('says nothing where nothing changes', () => {
    given(userAdded({ name: 'Ada' }), granted)
      .when(update({ name: 'Ada', isDeveloper: true }))
      .emitsNothing();
  });
  it('renames from the latest name, of users merely invited too', () => {
    given(userInvited(), renamed('Ada', 'B'))
      .when(update({ name: 'C' }))
      .emits(renamed('B', 'C'));
  });
});

describe('who may update', () => {
  it('refuses an actor without the right, even where nothing would change', () => {
    given(userAdded({ name: 'Ada' }))
      .when(update({ actor: member, name: 'Ada' }))
      .refuses(UpdateNotAllowed);
  });
  it('lets USER_UPDATE rename', () => {
    given(userAdded({ name: 'Ada' }))
      .when(update({ actor: holding(member, 'USER_UPDATE'), name: 'B' }))
      .emits(renamed('Ada', 'B'));
  });
  it('lets no permission set developer permission, not even along with an allowed name', () => {
    const actor = holding(member, 'USER_UPDATE', 'USER_CREATE');
    given(userAdded())
      .when(update({ actor, name: 'B', isDeveloper: false }))
      .refuses(UpdateNotAllowed);
  });
  it('lets an admin revoke their own', () => {
    const actor = { ...admin, userId: USER };
    given(userAdded({ role: 'admin', isDeveloper: true }))
      .when(update({ actor, isDeveloper: false }))
      .emits(revoked);
  });
});

describe('whom the actor may see', () => {
  it.each([
    ['an unknown user', []],
    ['a removed user', [userAdded(), removed]],
  ])('finds no user where there is %s', (_what, history: UserEvent[]) => {
    given(...history)
      .when(update({ name: 'B' }))
      .refuses(UserNotFound);
  });
  it('finds no user of another account', () => {
    given(userAdded())
      .when(update({ actor: stranger, name: 'B' }))
      .refuses(UserNotFound);
  });
  it('tells one who may not read users nothing of whether one exists', () => {
    given()
      .when(update({ actor: annotator, name: 'B' }))
      .refuses(UsersNotReadable);
    given(userAdded())
      .when(update({ actor: annotator, name: 'B' }))
      .refuses(UsersNotReadable);
  });
  it('lets USER_READ and USER_UPDATE together do for an annotator what they say', () => {
    const actor = holding(annotator, 'USER_READ', 'USER_UPDATE');
    given(userAdded({ name: 'Ada' }))
      .when(update({ actor, name: 'B' }))
      .emits(renamed('Ada', 'B'));
  });
});

describe('conditional updates', () => {
  it('applies at the revision named', () => {
    const events = updateUser(
      { state: evolve(undefined, userAdded({ name: 'Ada' })), revision: 0n },
      update({ name: 'B', ifMatch: [0n] }),
    );
    expect(events).toEqual([renamed('Ada', 'B')]);
  });
  it('refuses another revision, even where nothing would change', () => {
    given(userAdded({ name: 'Ada' }))
      .when(update({ name: 'Ada', ifMatch: [7n] }))
      .refuses(RevisionMismatch);
  });
  it('judges the right before the revision', () => {
    given(userAdded())
      .when(update({ actor: member, name: 'B', ifMatch: [7n] }))
      .refuses(UpdateNotAllowed);
  });
});

describe('history', () => {
  it.each<UserEvent>([renamed('a', 'b'), granted, revoked, removed])('is corrupt where $type comes first', (event) => {
    expect(() => evolve(undefined, event)).toThrow(CorruptHistory);
  });
});
