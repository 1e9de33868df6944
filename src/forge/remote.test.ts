import { expect, it } from 'vitest';
import { hostedAt } from './remote.ts';

it.each([
  ['https://github.com/acme/shop.git', 'github.com', 'acme/shop'],
  [`https://ada:${'secret'}@GitHub.com/acme/shop`, 'github.com', 'acme/shop'],
  ['git@github.com:acme/shop.git', 'github.com', 'acme/shop'],
  ['ssh://git@gitlab.example.org:2222/group/sub/shop.git', 'gitlab.example.org', 'group/sub/shop'],
  ['gitlab.com:group/shop/', 'gitlab.com', 'group/shop'],
])('%s is on a host', (url, host, path) => {
  expect(hostedAt(url)).toEqual({ host, path });
});

it.each([
  '/srv/git/shop.git',
  '../shop',
  'C:/shop/x',
  'file:///srv/git/shop.git',
  'https://github.com/',
  'https://github.com/acme',
  '',
])('%s is not', (url) => {
  expect(hostedAt(url)).toBeNull();
});
