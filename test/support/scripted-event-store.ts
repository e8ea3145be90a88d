import { EventEmitter, once } from 'node:events';
import grpc from '@grpc/grpc-js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type BatchCall,
  failure,
  type OnAppend,
  type OnProbe,
  type OnRead,
  type OnSubscribe,
  type ProbeCallback,
  type ReadCall,
  ReceivedAppend,
  ReceivedRead,
  script,
} from './scripted-calls.js';
import { classicAppend } from './scripted-classic-append.js';
import { clusterOf, type GossipCallback } from './scripted-gossip.js';
import { ReceivedSubscription } from './scripted-subscription.js';
import type { HeldEvent } from './scripted-messages.js';

/** An event store that misbehaves on cue. Each script is used up from the front; after that, it behaves. */
export class ScriptedEventStore {
  readonly held: HeldEvent[] = [];
  readonly appends: ReceivedAppend[] = [];
  readonly subscriptions: ReceivedSubscription[] = [];
  reads = 0;
  probes = 0;
  batchCalls = 0;
  /** False: takes no message off the wire. */
  takesAppends = true;
  readonly onProbe: OnProbe[] = [];
  readonly onAppend: OnAppend[] = [];
  readonly onRead: OnRead[] = [];
  readonly onSubscribe: OnSubscribe[] = [];
  private readonly server: grpc.Server;
  private readonly news = new EventEmitter();
  private readonly batches = new Set<BatchCall>();
  port = 0;

  private constructor(concurrentCalls: number) {
    this.server = new grpc.Server({
      'grpc.max_receive_message_length': 17 * 1024 * 1024,
      'grpc.max_concurrent_streams': concurrentCalls,
    });
  }

  /** Listens, and serves so many calls at once on a connection; a real server's number unless told. */
  static async start({
    port = 0,
    concurrentCalls = 100,
    credentials = grpc.ServerCredentials.createInsecure(),
  } = {}): Promise<ScriptedEventStore> {
    const store = new ScriptedEventStore(concurrentCalls);
    store.server.addService(featuresService.ServerFeaturesService, {
      getSupportedMethods: store.probe.bind(store),
    });
    store.server.addService(streamsService.StreamsService, {
      batchAppend: store.batchAppend.bind(store),
      read: store.read.bind(store),
      append: classicAppend(store.hold.bind(store)),
      delete: script.silence,
      tombstone: script.silence,
    });
    store.server.addService(gossipService.GossipService, {
      read: (_: unknown, answer: GossipCallback) => {
        answer(null, clusterOf(store.port));
      },
    });
    store.port = await new Promise((resolve, reject) => {
      store.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return store;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  eventsOf(stream: string): HeldEvent[] {
    return this.held.filter((event) => event.stream === stream);
  }

  /** Puts an event into the log, be it ever so broken. */
  hold(stream: string, event: Omit<HeldEvent, 'stream' | 'revision' | 'position'>): HeldEvent {
    const position = BigInt(this.held.length + 1) * 100n;
    const held = { ...event, stream, revision: BigInt(this.eventsOf(stream).length), position };
    this.held.push(held);
    for (const subscription of this.subscriptions)
      if (subscription.live && subscription.wants(held)) subscription.send(held);
    return held;
  }

  /** Waits for something to have arrived here. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.news, 'news');
  }

  /** Ends the calls on which appends wait for their answers. */
  failBatches(code: grpc.status): void {
    for (const call of this.batches) call.emit('error', failure(code));
  }

  /** Cuts every connection, without a word. */
  stop(): void {
    this.server.forceShutdown();
  }

  private probe(_: unknown, answer: ProbeCallback): void {
    this.probes++;
    (this.onProbe.shift() ?? script.probe.answer)(answer);
    this.news.emit('news');
  }

  private batchAppend(call: BatchCall): void {
    this.batchCalls++;
    this.batches.add(call);
    call.on('error', () => this.batches.delete(call));
    if (this.takesAppends)
      call.on('data', (request: streams.BatchAppendReq) => {
        const append = new ReceivedAppend(this, request, call);
        this.appends.push(append);
        (this.onAppend.shift() ?? script.append.commit)(append);
        this.news.emit('news');
      });
    this.news.emit('news');
  }

  private read(call: ReadCall): void {
    call.on('error', script.silence);
    if (call.request.getOptions()?.hasSubscription()) {
      const subscription = new ReceivedSubscription(this, call);
      call.on('cancelled', () => (subscription.live = false));
      this.subscriptions.push(subscription);
      const serve = this.onSubscribe.shift();
      if (serve) serve(subscription);
      else subscription.serve();
    } else {
      this.reads++;
      const read = new ReceivedRead(this, call);
      const serve = this.onRead.shift();
      if (serve) serve(read);
      else read.serve();
    }
    this.news.emit('news');
  }
}
