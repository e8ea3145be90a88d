import { Injectable } from '@nestjs/common';
import { Rows } from '../event-sourcing/read-model.js';
import { ActiveAdmins } from './commands/active-admins.js';
import { userView } from './projections/user-view.projection.js';

/** So many admins that not all of them can be on their way out at once. */
const ENOUGH = 1000;

/** The admins of an account out of the read model. */
@Injectable()
export class ActiveAdminRows extends ActiveAdmins {
  constructor(private readonly rows: Rows) {
    super();
  }

  override async of(accountId: string): Promise<readonly string[]> {
    const admins = await this.rows.select(userView, {
      where: [{ column: 'accountId', is: '=', value: accountId }],
      filter: [
        { column: 'role', is: '=', value: 'admin' },
        { column: 'state', is: '=', value: 'active' },
      ],
      order: ['createdAt', 'key'],
      limit: ENOUGH,
    });
    return admins.map(({ userId }) => userId);
  }
}
