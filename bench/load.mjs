// The load generator, a process of its own. Takes one case after another as messages and answers each with what it
// measured. Plain sockets: a general HTTP client takes as much processor time for a request as the service does.
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** One connection with one request under way at a time. */
class Connection {
  #socket;
  #received = '';
  #sentAt = 0;
  #waiting = false;

  constructor(run) {
    this.run = run;
    this.#open();
  }

  #open() {
    this.#received = '';
    this.#socket = connect({ host: this.run.host, port: this.run.port, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('connect', () => this.#send());
    this.#socket.on('data', (text) => this.#take(text));
    this.#socket.on('error', (error) => this.run.fail(error.message));
    this.#socket.on('close', () => this.#closed());
  }

  #send() {
    const request = this.run.next();
    if (request === undefined) {
      this.#socket.end();
      return;
    }
    this.#waiting = true;
    this.#sentAt = performance.now();
    this.#socket.write(request);
  }

  #take(text) {
    this.#received = this.#received === '' ? text : this.#received + text;
    const head = this.#received.indexOf(HEAD_END);
    if (head < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1];
    if (this.#received.length < head + HEAD_END.length + Number(length ?? 0)) return;
    const status = Number(this.#received.slice(9, 12));
    const closes = /\r\nconnection: *close/i.test(this.#received.slice(0, head + 2));
    this.#waiting = false;
    this.run.answered(status, this.#sentAt, this.#received);
    this.#received = '';
    // The service closes a connection after many requests; closed() opens the next.
    if (!closes) this.#send();
  }

  #closed() {
    if (this.#waiting) this.run.fail('a connection was closed before the answer came');
    if (this.#waiting || this.run.isOver()) this.run.ended();
    else this.#open();
  }
}

/** One case: so many connections for so long, the first part not measured. */
class Run {
  #started = performance.now();
  #latencies = [];
  #failures = new Map();
  #succeeded = 0;
  #count = 0;
  #open;
  #cpu;

  constructor(options, done) {
    Object.assign(this, { host: options.host, port: options.port, options, done });
    this.from = this.#started + options.warmUpSeconds * 1000;
    this.until = this.from + options.seconds * 1000;
    this.#open = options.connections;
    for (let i = 0; i < options.connections; i++) new Connection(this);
  }

  isOver() {
    return performance.now() >= this.until;
  }

  /** The next request as it goes over the wire; undefined once the time is up. */
  next() {
    if (this.isOver()) return undefined;
    const { method, authorization, users, body, tag } = this.options;
    const n = this.#count++;
    const head = `${method} /v2/users/${users[n % users.length]} HTTP/1.1\r\nhost: ${this.host}:${this.port}\r\nauthorization: ${authorization}\r\n`;
    if (body === undefined) return `${head}\r\n`;
    const text = body === 'unique name' ? `{"name":"${tag} ${n}"}` : body;
    return `${head}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  }

  answered(status, sentAt, response) {
    const now = performance.now();
    if (status >= 200 && status < 300) this.#succeeded++;
    else this.fail(`${status} ${response.slice(response.indexOf(HEAD_END) + 4, 300)}`);
    if (now < this.from || now >= this.until) return;
    this.#cpu ??= process.cpuUsage();
    this.#latencies.push(now - sentAt);
  }

  fail(what) {
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1);
  }

  /** A connection has ended; with the last one the case has. */
  ended() {
    if (--this.#open > 0) return;
    const sorted = Float64Array.from(this.#latencies).sort();
    const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? null;
    const { user, system } = process.cpuUsage(this.#cpu);
    const failed = [...this.#failures];
    this.done({
      requestsPerSecond: sorted.length / this.options.seconds,
      p50: quantile(0.5),
      p99: quantile(0.99),
      succeeded: this.#succeeded,
      failed: failed.reduce((sum, [, times]) => sum + times, 0),
      failures: failed.slice(0, 3).map(([what]) => what),
      generatorCpu: (user + system) / 1e6 / this.options.seconds,
    });
  }
}

process.on('message', (options) => new Run(options, (result) => process.send(result)));
process.on('disconnect', () => process.exit(0));
