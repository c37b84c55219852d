import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openPeer, runPeer } from '../../bench/peers/python.js';

const NO_PYTHON = { packages: [], venv: join(tmpdir(), 'shapelaw-no-such-venv') };
const WAYS = { runPeer: () => runPeer('frontier.py', NO_PYTHON), openPeer: () => openPeer('frontier.py', NO_PYTHON) };

for (const [name, start] of Object.entries(WAYS))
  test.serial(`${name}(script) without Python is null, after one line on stderr`, t => {
    const { PATH } = process.env;
    const { error } = console;
    const said: unknown[] = [];
    console.error = (...words: unknown[]) => void said.push(words.join(' '));
    process.env.PATH = '';
    try {
      t.is(start(), null);
    } finally {
      process.env.PATH = PATH;
      console.error = error;
    }
    t.deepEqual(said, ['no Python peer: python3 with venv is not available']);
  });
