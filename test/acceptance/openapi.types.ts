export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process runs */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the event store answers and takes writes, and the projections keep up */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users, oldest first */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create or invite a user
         * @description With invite_mode email_link a link is mailed; the user is active once they accept.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Remove a user
         * @description For good: their keys stop working, their e-mail stays taken. Asked again, the answer is the same.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Update a user
         * @description Display name, developer permission, or both at once.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/v2/users/{user_id}/resend-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again
         * @description A new link, good from now on; the former is void. 400 for a user who is active.
         */
        post: operations["resendInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users/{user_id}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the permissions granted to a user */
        get: operations["getUserPermissions"];
        /**
         * Set the permissions of a user
         * @description These and no others, granted and revoked at once; account admins only. They count on the next request.
         */
        put: operations["setUserPermissions"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description Without an API key. A token is good once, until it lapses or another takes its place.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys, oldest first
         * @description The own ones; as account admin, all of the account. Revoked ones are left out, expired ones are not.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description For oneself; as account admin, for any user of the account. The key is shown in this answer alone.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/api-keys/{api_key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Own keys; as account admin, any of the account. It is refused from the next request on.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the audit trail */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users/{user_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search one user's history */
        get: operations["getUserHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/audit-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the audit trail in the shape of Arize's audit log */
        get: operations["listAuditLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/user-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow the events of users
         * @description In commit order, a page at a time; with Accept: text/event-stream as server-sent events that go on for ever: id is a cursor, event the type, data one CloudEvents document; an event caught-up once history is through.
         */
        get: operations["listUserEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        LiveResponse: {
            /** @enum {string} */
            status: "live";
        };
        ReadyResponse: {
            /** @enum {string} */
            status: "ready" | "not ready";
            /** @description What was looked at, and how it is */
            checks: {
                [key: string]: string;
            };
        };
        RoleResponse: {
            /** @enum {string} */
            type: "predefined" | "custom";
            /**
             * @description With type predefined
             * @enum {string}
             */
            name?: "admin" | "member" | "annotator";
            /** @description With type custom */
            id?: string;
        };
        UserResponse: {
            /** @example VXNlcjowMUpEWjdZM1E5RzFQS1Y1VDlGNlc4WDJBNA== */
            id: string;
            /** @example Ada Lovelace */
            name: string;
            /** @example ada@example.com */
            email: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.678Z
             */
            created_at: string;
            /** @enum {string} */
            status: "active" | "invited" | "expired";
            role: components["schemas"]["RoleResponse"];
            is_developer: boolean;
        };
        PaginationResponse: {
            has_more: boolean;
            /** @description Absent on the last page */
            next_cursor?: string;
        };
        UsersResponse: {
            users: components["schemas"]["UserResponse"][];
            pagination: components["schemas"]["PaginationResponse"];
        };
        UpdateUserDto: {
            /** @description Display name; trimmed, then 1–255 characters */
            name?: string;
            /** @description Developer permission; only account admins set it */
            is_developer?: boolean;
        };
        CreatedUserResponse: {
            /** @example VXNlcjowMUpEWjdZM1E5RzFQS1Y1VDlGNlc4WDJBNA== */
            id: string;
            /** @example Ada Lovelace */
            name: string;
            /** @example ada@example.com */
            email: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.678Z
             */
            created_at: string;
            /** @enum {string} */
            status: "active" | "invited" | "expired";
            role: components["schemas"]["RoleResponse"];
            is_developer: boolean;
            /** @enum {string} */
            invite_mode: "none" | "email_link";
        };
        CreateUserDto: {
            /** @description Display name; trimmed, then 1–255 characters */
            name: string;
            /** @description Unique in the account, whatever its case */
            email: string;
            /** @description Custom roles cannot be assigned yet (422) */
            role: components["schemas"]["RoleResponse"];
            /**
             * @description none: active at once; email_link: once they accept; temporary_password is not supported (422)
             * @enum {string}
             */
            invite_mode: "none" | "email_link" | "temporary_password";
            /** @description By default true for admins and members, false for annotators */
            is_developer?: boolean;
        };
        PermissionsDto: {
            permissions: ("USER_READ" | "USER_CREATE" | "USER_UPDATE" | "USER_DELETE" | "AUDIT_READ")[];
        };
        AcceptInvitationDto: {
            token: string;
        };
        ApiKeyResponse: {
            /** @example QXBpS2V5OjAxSkRaN1kzUTlHMVBLVjVUOUY2VzhYMkFL */
            id: string;
            /** @example nightly export */
            name: string;
            /**
             * @description Enough of it to tell it from others
             * @example ul_3Xk…9fQz
             */
            redacted_key: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.678Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Absent: never
             */
            expires_at?: string;
            /** @description Whose it is */
            user_id: string;
            /**
             * Format: date-time
             * @description To about a minute; absent: never
             */
            last_used_at?: string;
        };
        ApiKeysResponse: {
            api_keys: components["schemas"]["ApiKeyResponse"][];
            pagination: components["schemas"]["PaginationResponse"];
        };
        CreateApiKeyDto: {
            /** @description What the key is for; trimmed, then 1–255 characters */
            name: string;
            /** @description Whose key; the own by default, others as account admin */
            user_id?: string;
            /**
             * Format: date-time
             * @description RFC 3339, in the future; absent: never
             */
            expires_at?: string;
        };
        CreatedApiKeyResponse: {
            /** @example QXBpS2V5OjAxSkRaN1kzUTlHMVBLVjVUOUY2VzhYMkFL */
            id: string;
            /** @example nightly export */
            name: string;
            /**
             * @description Enough of it to tell it from others
             * @example ul_3Xk…9fQz
             */
            redacted_key: string;
            /**
             * Format: date-time
             * @example 2026-01-02T03:04:05.678Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Absent: never
             */
            expires_at?: string;
            /** @description The key itself: shown now and never again */
            key: string;
        };
        AuditLogResponse: {
            id: string;
            /** @description Who did it */
            user_id: string;
            /** @description Empty where it came from no request */
            ip: string;
            /** @enum {string} */
            operation_type: "MUTATION";
            /** @example UserRenamed */
            operation_name: string;
            /** @description JSON: the target, the fields set, and whether it was applied or denied */
            variables: string;
            /** Format: date-time */
            created_at: string;
        };
        AuditLogsResponse: {
            logs: components["schemas"]["AuditLogResponse"][];
            pagination: components["schemas"]["PaginationResponse"];
        };
        UserEventResponse: {
            /** @enum {string} */
            specversion: "1.0";
            /** @description The same whenever and however the event is read */
            id: string;
            /** @example urn:user-ledger:account:01JDZ7Y3Q9G1PKV5T9F6W8X2A4 */
            source: string;
            /**
             * @example DeveloperPermissionGranted
             * @enum {string}
             */
            type: "UserInvited" | "UserAdded" | "UserActivated" | "InvitationRenewed" | "UserRenamed" | "DeveloperPermissionGranted" | "DeveloperPermissionRevoked" | "PermissionGranted" | "PermissionRevoked" | "UserRemoved";
            /** @description The id of the user */
            subject: string;
            /** Format: date-time */
            time: string;
            /** @enum {string} */
            datacontenttype: "application/json";
            /** @description The $id of a schema in /asyncapi.json */
            dataschema: string;
            /** @description The place in the log; text compares as numbers do */
            sequence: string;
            /** @description W3C trace context */
            traceparent?: string;
            data: {
                [key: string]: unknown;
            };
        };
        FeedPaginationResponse: {
            has_more: boolean;
            /** @description Always there: ask again with it as after */
            next_cursor: string;
        };
        UserEventsResponse: {
            events: components["schemas"]["UserEventResponse"][];
            pagination: components["schemas"]["FeedPaginationResponse"];
        };
        FieldErrorResponse: {
            field: string;
            message: string;
        };
        ProblemResponse: {
            /**
             * Format: uri-reference
             * @example /problems/user-not-found
             */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            request_id: string;
            errors?: components["schemas"]["FieldErrorResponse"][];
        };
        AuditActorResponse: {
            user_id: string;
            /** @description As it was then */
            name: string;
            /** @description As it was then */
            role: string;
            api_key_id: string | null;
        };
        AuditTargetResponse: {
            user_id: string | null;
            /** @description As it was before the event */
            name: string | null;
        };
        AuditChangeResponse: {
            /** @example is_developer */
            field: string;
            /** @description null where there was nothing; both are null where the change was refused */
            before: string | boolean | number | string[] | null;
            after: string | boolean | number | string[] | null;
        };
        AuditAuthorizationResponse: {
            /** @description What allowed it; of a refused attempt, what was missing */
            rule: string;
        };
        AuditContextResponse: {
            ip: string | null;
            user_agent: string | null;
            request_id: string;
            correlation_id: string;
        };
        AuditEventResponse: {
            id: string;
            /** @description The place in the log, a 64-bit number as text */
            position: string;
            /** @example DeveloperPermissionGranted */
            type: string;
            /** Format: date-time */
            occurred_at: string;
            /** @enum {string} */
            outcome: "applied" | "denied";
            actor: components["schemas"]["AuditActorResponse"];
            target: components["schemas"]["AuditTargetResponse"];
            changes: components["schemas"]["AuditChangeResponse"][];
            authorization: components["schemas"]["AuditAuthorizationResponse"];
            context: components["schemas"]["AuditContextResponse"];
        };
        AuditEventsResponse: {
            audit_events: components["schemas"]["AuditEventResponse"][];
            pagination: components["schemas"]["PaginationResponse"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveResponse"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
            /** @description Not ready; checks says why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Part of the e-mail, in any case */
                email?: string;
                status?: ("active" | "invited" | "expired")[];
                is_developer?: boolean;
                /** @description As it was at that time (RFC 3339) */
                as_of?: string;
                limit?: number;
                /** @description The next_cursor of the page before */
                cursor?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsersResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUserDto"];
            };
        };
        responses: {
            /** @description Invited already; nothing was changed */
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Created, or invited anew after the former invitation had lapsed */
            201: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    /** @description Where the user is */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUserResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The e-mail is that of an active or removed user, or this command is running */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description A custom role, or temporary_password; The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: {
                /** @description As it was at that time (RFC 3339) */
                as_of?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this user, or this command is running */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Oneself, or the last active admin; The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply only at this revision */
                "If-Match"?: string;
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this user, or this command is running */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The user has changed */
            412: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    resendInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way */
            204: {
                headers: {
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this user, or this command is running */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    getUserPermissions: {
        parameters: {
            query?: never;
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionsDto"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    setUserPermissions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply only at this revision */
                "If-Match"?: string;
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PermissionsDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionsDto"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this user, or this command is running */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The user has changed */
            412: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationDto"];
            };
        };
        responses: {
            /** @description The user, active */
            200: {
                headers: {
                    /** @description The revision of the user's stream */
                    ETag?: string;
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such invitation, or no longer */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this user */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The next_cursor of the page before */
                cursor?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeysResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No developer permission */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and request make one API key, and show it again to who sends them with the same key */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKeyResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No developer permission, or another user's key is not the caller's to make */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description This command is running, or its key cannot be shown again */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is larger than 16 KiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and request are carried out once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of ApiKey:<ULID> */
                api_key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked, now or before */
            204: {
                headers: {
                    /** @description For X-Wait-For-Position */
                    "X-Position"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No developer permission, or the key is another user's */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such API key in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Others were changing this key, or this command is running */
            409: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description To whom; repeatable */
                target_id?: string[];
                /** @description Who did it; repeatable */
                actor_id?: string[];
                /** @description With which key; repeatable */
                api_key_id?: string[];
                /** @description Event type, such as UserRenamed; repeatable */
                type?: string[];
                /** @description applied or denied; repeatable */
                outcome?: string[];
                /** @description A changed field, such as is_developer; repeatable */
                field?: string[];
                /** @description What a changed field was, as text; repeatable */
                before?: string[];
                /** @description What a changed field became, as text; repeatable */
                after?: string[];
                /** @description From which address; repeatable */
                ip?: string[];
                /** @description In which request; repeatable */
                request_id?: string[];
                /** @description Earliest time, inclusive */
                from?: string;
                /** @description Latest time, exclusive */
                to?: string;
                /** @description Along the log, or against it */
                order?: "desc" | "asc";
                /** @description Items on a page */
                limit?: number;
                /** @description The next_cursor of the page before, with the same filters */
                cursor?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page as JSON; the whole result with Accept: text/csv or application/x-ndjson */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventsResponse"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Neither account admin nor AUDIT_READ */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    getUserHistory: {
        parameters: {
            query?: {
                /** @description Who did it; repeatable */
                actor_id?: string[];
                /** @description With which key; repeatable */
                api_key_id?: string[];
                /** @description Event type, such as UserRenamed; repeatable */
                type?: string[];
                /** @description applied or denied; repeatable */
                outcome?: string[];
                /** @description A changed field, such as is_developer; repeatable */
                field?: string[];
                /** @description What a changed field was, as text; repeatable */
                before?: string[];
                /** @description What a changed field became, as text; repeatable */
                after?: string[];
                /** @description From which address; repeatable */
                ip?: string[];
                /** @description In which request; repeatable */
                request_id?: string[];
                /** @description Earliest time, inclusive */
                from?: string;
                /** @description Latest time, exclusive */
                to?: string;
                /** @description Along the log, or against it */
                order?: "desc" | "asc";
                /** @description Items on a page */
                limit?: number;
                /** @description The next_cursor of the page before, with the same filters */
                cursor?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path: {
                /** @description As the API gives it: base64 of User:<ULID> */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page as JSON; the whole result with Accept: text/csv or application/x-ndjson */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventsResponse"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Neither account admin nor AUDIT_READ */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No such user in this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    listAuditLogs: {
        parameters: {
            query?: {
                /** @description Earliest time, inclusive; 30 days before end_time by default */
                start_time?: string;
                /** @description Latest time, inclusive; now by default */
                end_time?: string;
                /** @description Who did it */
                user_id?: string;
                /** @description Every change is a MUTATION */
                operation_type?: "QUERY" | "MUTATION" | "SUBSCRIPTION";
                /** @description Items on a page */
                limit?: number;
                /** @description The next_cursor of the page before, with the same filters */
                cursor?: string;
            };
            header?: {
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLogsResponse"];
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Neither account admin nor AUDIT_READ */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
    listUserEvents: {
        parameters: {
            query?: {
                /** @description A cursor of this feed; the beginning by default */
                after?: string;
                /** @description Repeatable */
                type?: ("UserInvited" | "UserAdded" | "UserActivated" | "InvitationRenewed" | "UserRenamed" | "DeveloperPermissionGranted" | "DeveloperPermissionRevoked" | "PermissionGranted" | "PermissionRevoked" | "UserRemoved")[];
                limit?: number;
            };
            header?: {
                /** @description Of a stream: the id of the last event received */
                "Last-Event-ID"?: string;
                /** @description An X-Position: the answer includes that write */
                "X-Wait-For-Position"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page as JSON, or a stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserEventsResponse"];
                    "text/event-stream": string;
                };
            };
            /** @description Not as documented */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description No valid API key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Neither account admin nor AUDIT_READ */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description More requests than the rate allows */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description What is left of it (draft-ietf-httpapi-ratelimit-headers-09) */
                    RateLimit?: string;
                    /** @description Which rate it is, for the same draft */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
            /** @description Try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemResponse"];
                };
            };
        };
    };
}
