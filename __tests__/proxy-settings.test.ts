import { faultOf, readProxySettings, withCredentialsFrom, withoutCredentials } from '../src/base/proxy-settings.ts'

const NONE = { https: '', http: '', no: '' }
const WITH = 'http://ada:secret@proxy.test:3128'
const WITHOUT = 'http://proxy.test:3128'

test.each([
  ['no variable', {}, NONE],
  ['upper case', { HTTPS_PROXY: 's', HTTP_PROXY: 'h', NO_PROXY: 'n' }, { https: 's', http: 'h', no: 'n' }],
  ['lower case', { https_proxy: 's', http_proxy: 'h', no_proxy: 'n' }, { https: 's', http: 'h', no: 'n' }],
  ['both: lower case takes precedence', { HTTPS_PROXY: 'S', https_proxy: 's' }, { ...NONE, https: 's' }],
  ['also if it is empty', { HTTPS_PROXY: 'S', https_proxy: '' }, NONE],
])('variables: %s', (_case, environment, settings) => expect(readProxySettings(environment)).toEqual(settings))

test('credentials are removed from both proxies; NO_PROXY is kept', () => {
  const settings = { https: `${WITH}/path?query`, http: 'https://ada:secret@other.test', no: 'x@y' }
  expect(withoutCredentials(settings)).toEqual({ https: WITHOUT, http: 'https://other.test', no: 'x@y' })
})

test.each(['', 'ada:secret@proxy.test:3128', 'proxy.test', 'socks5://ada:secret@proxy.test', 'xhttp://proxy.test'])(
  'nothing is kept of an address that is not one of an HTTP proxy: %j',
  (https) => expect(withoutCredentials({ ...NONE, https })).toEqual(NONE),
)

test.each(['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'])('credentials are found in %s', (name) => {
  const settings = { https: WITHOUT, http: WITHOUT, no: 'n' }
  expect(withCredentialsFrom({ [name]: WITH }, settings)).toEqual({ https: WITH, http: WITH, no: 'n' })
})

test.each([
  ['no variable is set', {}, WITHOUT],
  ['the variables name other proxies', { https_proxy: 'http://ada:secret@proxy.test', HTTP_PROXY: 'x' }, WITHOUT],
  ['a variable without credentials takes precedence', { https_proxy: WITHOUT, HTTPS_PROXY: WITH }, WITH],
])('credentials, if %s', (_case, environment, https) =>
  expect(withCredentialsFrom(environment, { ...NONE, https: WITHOUT })).toEqual({ ...NONE, https }),
)

test.each(['ada:secret@proxy.test', 'socks5://ada:secret@proxy.test'])(
  'no proxy stays no proxy, even if a later variable has %s',
  (HTTPS_PROXY) => expect(withCredentialsFrom({ HTTPS_PROXY }, NONE)).toEqual(NONE),
)

const SOCKS = 'names a SOCKS proxy, but only HTTP proxies are supported'
const SCHEME = 'does not start with http:// or https://'
const PERCENT = 'has a % in its user name or password that does not start an escape such as %40; write %25 for %'

test.each([
  [WITH, undefined],
  ['https://proxy.test', undefined],
  ['HTTP://a%40b:c%25@proxy.test', undefined],
  ['', 'is not a URL'],
  ['proxy.test', 'is not a URL'],
  ['http://proxy.test:port', 'is not a URL'],
  ['socks://proxy.test', SOCKS],
  ['socks5h://proxy.test', SOCKS],
  ['SOCKS4://proxy.test', SOCKS],
  ['proxy.test:3128', SCHEME],
  ['ada:secret@proxy.test', SCHEME],
  ['ftp://proxy.test', SCHEME],
  ['http://100%:secret@proxy.test', PERCENT],
  ['http://ada:100%@proxy.test', PERCENT],
])('the fault of %j', (address, fault) => expect(faultOf(address)).toBe(fault))
