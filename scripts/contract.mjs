// Writes the published contract of user events under docs/, from what has been built. Schemas of former versions stay:
// events of those versions are in the log for ever.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileText, publishedFiles } from '../dist/users/contract/published-files.js';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
for (const [path, content] of publishedFiles) {
  const file = join(docs, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, fileText(content));
}
console.log(`Wrote ${publishedFiles.size} files under docs/`);
