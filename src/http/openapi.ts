import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

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
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
}
