import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const text = { schema: { type: 'string' as const } };

/** What any route under /v2 may answer before a controller hears of it. */
const tooMany = {
  description: 'More requests than the rate allows',
  headers: {
    'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } },
    RateLimit: { description: 'What is left of it (draft-ietf-httpapi-ratelimit-headers-09)', ...text },
    'RateLimit-Policy': { description: 'Which rate it is, for the same draft', ...text },
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemResponse' } } },
};

function limitRates({ paths }: OpenAPIObject): void {
  for (const [path, { get, post, put, patch, delete: remove }] of Object.entries(paths))
    if (path.startsWith('/v2/'))
      for (const operation of [get, post, put, patch, remove]) if (operation) operation.responses['429'] = tooMany;
}

/** Publishes the OpenAPI 3.1 document at `/openapi.json`, and pages to read it at `/docs`. */
export function publishOpenApi(app: INestApplication, models: readonly Type[]): void {
  const description = new DocumentBuilder()
    .setTitle('user-ledger')
    .setDescription('Account users, event-sourced. Errors are RFC 9457 problem details.')
    .setVersion('2')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .build();
  const document = SwaggerModule.createDocument(app, description, { extraModels: [...models] as never[] });
  limitRates(document);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
}
