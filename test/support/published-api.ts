import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Content = Record<string, { schema?: object }>;
export type Operation = Readonly<{
  operationId?: string;
  security?: readonly object[];
  parameters?: readonly Readonly<{ name: string; in: string }>[];
  requestBody?: Readonly<{ content: Content }>;
  responses: Record<string, { content?: Content; headers?: Record<string, unknown> }>;
}>;
export type Schema = { properties: Record<string, unknown>; required?: string[] };
export type OpenApiDocument = Readonly<{
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}>;

/** Connections and messages fail in these ways before it is known what was asked; no operation lists them. */
const OF_NO_OPERATION = [405, 408, 414, 431];
const JSON_TYPE = /^application\/(json|[a-z]+\+json)$/;
const PROBLEM = 'application/problem+json';

/** The published OpenAPI document, and answers held against it: each must be one that its operation lists. */
export class PublishedApi {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly templates: readonly (readonly [string, RegExp])[];

  constructor(readonly document: OpenApiDocument) {
    formats.default(this.ajv);
    this.ajv.addSchema(closed(document) as object, 'api');
    // A path that is spelt out goes before one with a parameter in its place.
    this.templates = Object.keys(document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => [path, new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`)]);
  }

  static async of(baseUrl: string): Promise<PublishedApi> {
    return new PublishedApi((await (await fetch(`${baseUrl}/openapi.json`)).json()) as OpenApiDocument);
  }

  /** @throws Error saying in which way an answer is not as the document has it */
  async hold(method: string, path: string, answer: Response): Promise<void> {
    // HEAD is answered as GET is, but for the body (RFC 9110 §9.3.2), which is then not there to be looked at.
    const asked = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase();
    const fault = await this.fault(asked, path.split('?', 1)[0] ?? path, answer, method !== 'HEAD');
    if (fault !== undefined) throw new Error(`${method} ${path}: ${answer.status} ${fault}`);
  }

  private async fault(method: string, path: string, answer: Response, hasBody: boolean): Promise<string | undefined> {
    const template = this.templates.find(([, pattern]) => pattern.test(path))?.[0];
    const operation = template === undefined ? undefined : this.document.paths[template]?.[method];
    if (template === undefined || operation === undefined || OF_NO_OPERATION.includes(answer.status)) {
      if (answer.status < 400) return path.startsWith('/v2/') ? 'is of no operation listed' : undefined;
      return hasBody ? this.misfit('/components/schemas/ProblemResponse', answer) : undefined;
    }
    const response = operation.responses[answer.status];
    if (!response) return 'is not listed';
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
    const { content } = response;
    if (!content) return (await answer.clone().text()) === '' ? undefined : 'has a body, and none is listed';
    if (!(type in content)) return `is ${type}, which is not listed`;
    const place = ['paths', template, method, 'responses', String(answer.status), 'content', type, 'schema'];
    return hasBody && JSON_TYPE.test(type) ? this.misfit(pointer(place), answer) : undefined;
  }

  private async misfit(place: string, answer: Response): Promise<string | undefined> {
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
    if (answer.status >= 400 && type !== PROBLEM && place.includes('Problem')) return `is ${type}, not ${PROBLEM}`;
    let validate = this.validators.get(place);
    if (!validate) this.validators.set(place, (validate = this.ajv.compile({ $ref: `api#${place}` })));
    const body: unknown = JSON.parse(await answer.clone().text());
    return validate(body) ? undefined : `does not fit: ${this.ajv.errorsText(validate.errors)}`;
  }
}

const pointer = (names: readonly string[]): string =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** The document with every object closed: what it does not list must not be answered either. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  return typeof copy.properties === 'object' && copy.type === 'object' && copy.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}
