import test from 'ava';
import { LAWS } from '../../src/law/index.js';
import { lawContract } from './contract.js';

for (const law of LAWS) lawContract(test, law);
