import { describe } from '@jest/globals';
import { describeDiscovery } from './discovery.js';

describe('the client of KurrentDB', () => {
  describeDiscovery('kurrentdb');
});
