import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Lets a child process run the sources as they are: what it is started for is to die, and a test must not.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const ours = specifier.startsWith('.') && !context.parentURL?.includes('node_modules');
  return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { transformSync } = await import('@swc/core');
  const jsc = { parser: { syntax: 'typescript' }, target: 'es2023' };
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { jsc, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
