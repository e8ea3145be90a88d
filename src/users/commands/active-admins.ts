/** Who the admins of an account are, as far as this instance has been told. A port. */
export abstract class ActiveAdmins {
  /** Ids of users who are active admins, or were when this instance was told last. */
  abstract of(accountId: string): Promise<readonly string[]>;
}
