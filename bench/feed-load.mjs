// Renames users at a fixed rate, whether or not the answers keep up, and notes when each rename was sent and answered.
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const TICK_MS = 5;

function rename(service, agent, user, name) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: service.authorization, 'content-type': 'application/json' };
    const sent = request(new URL(`/v2/users/${user}`, service.url), { method: 'PATCH', agent, headers });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a rename was answered with ${response.statusCode}`));
      });
    });
    sent.end(JSON.stringify({ name }));
  });
}

/** Resolves once all are answered, to times by name; rejects where one fails. */
export async function renameAtRate(service, users, { rate, seconds, tag }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times = new Map();
  const answers = [];
  const began = performance.now();
  const total = rate * seconds;
  while (answers.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    while (answers.length < due) {
      const n = answers.length;
      const name = `${tag} ${n}`;
      const time = { sent: performance.now(), answered: undefined };
      times.set(name, time);
      const answer = rename(service, agent, users[n % users.length], name);
      answers.push(answer.then(() => (time.answered = performance.now())));
      answers.at(-1).catch(() => undefined);
    }
    await delay(TICK_MS);
  }
  await Promise.all(answers);
  agent.destroy();
  return { times, perSecond: (total * 1000) / (performance.now() - began) };
}
