import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { asyncApi } from '../contract/asyncapi.js';

/** The contract of the events, beside OpenAPI's of the requests; neither lists the other. */
@ApiExcludeController()
@Controller('asyncapi.json')
export class ContractController {
  @Get()
  document(): typeof asyncApi {
    return asyncApi;
  }
}
