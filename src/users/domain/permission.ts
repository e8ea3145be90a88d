/** What can be granted to a user, beyond what their role allows. */
export const PERMISSIONS = ['USER_READ', 'USER_CREATE', 'USER_UPDATE', 'USER_DELETE', 'AUDIT_READ'] as const;
export type Permission = (typeof PERMISSIONS)[number];
