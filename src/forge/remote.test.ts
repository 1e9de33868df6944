import { expect, it } from 'vitest';
import { hostedAt, realHost } from './remote.ts';

it.each([
  ['https://github.com/acme/shop.git', 'github.com', 'acme/shop'],
  [`https://ada:${'secret'}@GitHub.com/acme/shop`, 'github.com', 'acme/shop'],
  ['git@github.com:acme/shop.git', 'github.com', 'acme/shop'],
  ['ssh://git@gitlab.example.org:2222/group/sub/shop.git', 'gitlab.example.org', 'group/sub/shop'],
  ['gitlab.com:group/shop/', 'gitlab.com', 'group/shop'],
])('%s is on a host', (url, host, path) => {
  expect(hostedAt(url)).toEqual({ host, path, ssh: !url.startsWith('http') });
});

it.each([
  '/srv/git/shop.git',
  '../shop',
  'C:/shop/x',
  'file:///srv/git/shop.git',
  'https://github.com/',
  'https://github.com/acme',
  'ssh://-oProxyCommand=x/acme/shop',
  '',
])('%s is not', (url) => {
  expect(hostedAt(url)).toBeNull();
});

it.each([
  ['github.com-work', 'user git\nhostname github.com\nport 22\n', 'github.com'],
  ['ssh.github.com', 'hostname ssh.github.com\nport 443\n', 'github.com'],
  ['altssh.gitlab.com', '', 'gitlab.com'],
  ['code.example.org', '', 'code.example.org'],
])('%s is what ssh calls it', (host, config, real) => {
  expect(realHost({ host, path: 'acme/shop', ssh: true }, config).host).toBe(real);
});
