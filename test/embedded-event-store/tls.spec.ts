import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import serverFeaturesGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { statusOf, streamId } from './raw-calls.js';
import { describeSecureCalls } from './secure-calls.js';
import { PASSWORD, USER, withSecureStore } from './with-secure-store.js';

const context = withSecureStore();
const AS_ADMIN = `${USER}:${PASSWORD}`;

describe('the client of EventStoreDB', () => {
  describeSecureCalls('esdb', context);
});

describe('on the wire', () => {
  const channel = () => credentials.createSsl(context.certificate.pem);
  const readAs = (authorization?: string) => {
    const options = new streams.ReadReq.Options().setNoFilter(new shared.Empty()).setCount('1');
    const stream = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(streamId('s'));
    options.setStream(stream.setStart(new shared.Empty()));
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set('authorization', authorization);
    const client = new streamsGrpc.StreamsClient(`localhost:${context.store.port}`, channel());
    return statusOf(client.read(new streams.ReadReq().setOptions(options), metadata));
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([`${USER}:`, USER, '', `${AS_ADMIN} `, AS_ADMIN.toUpperCase()])(
    '"%s" is unauthenticated, without a trailer',
    async (who) => {
      const { code, details, metadata } = await readAs(who === '' ? basic(':') : basic(who));
      expect([code, details]).toEqual([status.UNAUTHENTICATED, 'Unauthenticated']);
      expect(metadata.get('exception')).toEqual([]);
    },
  );

  it.each([undefined, 'Bearer abc', 'Basic', 'Basic %%%'])(
    '%s is nobody, and denied with a trailer',
    async (header) => {
      const { code, metadata } = await readAs(header);
      expect(code).toBe(status.PERMISSION_DENIED);
      expect(metadata.get('exception')).toEqual(['access-denied']);
    },
  );

  it('the scheme is written in any case', async () => {
    expect((await readAs(basic(AS_ADMIN).replace('Basic', 'basic'))).code).toBe(status.OK);
  });

  it('everybody may ask what the node can do, whatever they say of themselves', async () => {
    const client = new serverFeaturesGrpc.ServerFeaturesClient(`localhost:${context.store.port}`, channel());
    const metadata = new Metadata();
    metadata.set('authorization', basic('admin:wrong'));
    const version = await new Promise((resolve, reject) => {
      client.getSupportedMethods(new shared.Empty(), metadata, (error, response) => {
        if (error) reject(error);
        else resolve(response.getEventStoreServerVersion());
      });
    });
    expect(version).toBe('23.10.1');
  });

  it('clear text gets no answer', async () => {
    const url = `http://localhost:${context.store.port}/ping`;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it.each([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1'], 'http/1.1'],
  ])('a client that speaks %j is answered in %s', async (ALPNProtocols, agreed) => {
    const { port } = context.store;
    const socket = tlsConnect({ port, host: 'localhost', ca: context.certificate.pem, ALPNProtocols });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(agreed);
    socket.destroy();
  });
});
