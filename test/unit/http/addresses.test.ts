import assert from 'node:assert/strict';
import { isLoopbackAddress, isPublicAddress } from '../../../src/http/addresses.js';

const PUBLIC = ['1.1.1.1', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00::1'];

const NOT_PUBLIC = [
  ...[
    '0.0.0.0',
    '10.1.2.3',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
  ],
  ...['100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:a00:1::1',
  ],
  ...['::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::a00:1'],
  ...['', 'localhost', 'hooks.example', '127.1', '0x7f.1', '2130706433'],
];

describe('public addresses', () => {
  for (const address of PUBLIC) it(`${address} is one`, () => assert.equal(isPublicAddress(address), true));
  for (const address of NOT_PUBLIC)
    it(`${address === '' ? 'an empty text' : address} is none`, () => assert.equal(isPublicAddress(address), false));

  it('and loopback ones are told apart', () => {
    assert.deepEqual(
      ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::2', 'localhost'].filter(isLoopbackAddress),
      ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'],
    );
  });
});
