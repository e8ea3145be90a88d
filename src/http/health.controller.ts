import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

/** Whether the service can do its work now, and if not, why; words for the operator. */
export abstract class Readiness {
  abstract check(): Promise<Readonly<{ ready: boolean; checks: Readonly<Record<string, string>> }>>;
}

class LiveResponse {
  @ApiProperty({ enum: ['live'] })
  status!: string;
}

class ReadyResponse {
  @ApiProperty({ enum: ['ready', 'not ready'] })
  status!: string;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string' },
    description: 'What was looked at, and how it is',
  })
  checks!: Readonly<Record<string, string>>;
}

/** What supervisors ask: whether to restart the process (live), and whether to send it requests (ready). */
@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @HttpCode(200)
  @ApiOperation({ summary: 'Whether the process runs', operationId: 'live' })
  @ApiResponse({ status: 200, type: LiveResponse })
  live(): LiveResponse {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether the event store answers and takes writes, and the projections keep up',
    operationId: 'ready',
  })
  @ApiResponse({ status: 200, description: 'Ready', type: ReadyResponse })
  @ApiResponse({ status: 503, description: 'Not ready; checks says why', type: ReadyResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyResponse> {
    const { ready, checks } = await this.readiness.check();
    reply.code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not ready', checks };
  }
}
