import { describe } from '@jest/globals';
import { describeSecureCalls } from './secure-calls.js';
import { withSecureStore } from './with-secure-store.js';

const context = withSecureStore();

describe('the client of KurrentDB', () => {
  describeSecureCalls('kurrentdb', context);
});
