import { describe, expect, test } from 'vitest';
import { oneOf, optionalText, readConfiguration, someText, wholeNumber } from '../../common/configuration.ts';

const settings = {
  PORT: { doc: 'Port to listen on.', default: '4000', schema: wholeNumber(0, 65_535) },
  LOG_LEVEL: { doc: 'How much to log.', default: 'info', schema: oneOf(['debug', 'info', 'warn']) },
  QUEUE_PREFIX: { doc: 'Prefix of every key.', default: 'spindle', schema: someText },
  REDIS_PASSWORD: { doc: 'Password of Redis.', default: undefined, schema: optionalText },
  API_PASSWORD: { doc: 'A secret number.', default: '1', schema: wholeNumber(0, 9) },
};

describe('a configuration', () => {
  test('has its defaults where nothing is set, and an empty value counts as unset', () => {
    const expected = { PORT: 4000, LOG_LEVEL: 'info', QUEUE_PREFIX: 'spindle', REDIS_PASSWORD: undefined, API_PASSWORD: 1 };
    expect(readConfiguration(settings, {})).toEqual(expected);
    expect(readConfiguration(settings, { PORT: '', REDIS_PASSWORD: '' })).toEqual(expected);
  });

  test('takes the values that are set', () => {
    expect(readConfiguration(settings, { PORT: '0', LOG_LEVEL: 'warn', REDIS_PASSWORD: 'p w' })).toMatchObject({ PORT: 0, LOG_LEVEL: 'warn', REDIS_PASSWORD: 'p w' });
  });

  test('reports all problems at once, with value, expectation and what the setting does', () => {
    expect(() => readConfiguration(settings, { PORT: '70000', LOG_LEVEL: 'debg', REDIS_PASSWROD: 'x' })).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: [
          'the configuration has problems:',
          '  - PORT: expected a whole number from 0 to 65535, got "70000". Port to listen on.',
          '  - LOG_LEVEL: expected one of debug, info, warn; did you mean debug?, got "debg". How much to log.',
          '  - REDIS_PASSWROD is not a setting; did you mean REDIS_PASSWORD?',
        ].join('\n'),
      }),
    );
  });

  test.each(['4000x', '0x10', '1e3', '4000.5', ' 4000', '-1', '99999999999999999999'])('refuses %j as a port', (text) => {
    expect(() => readConfiguration(settings, { PORT: text })).toThrow('PORT: expected a whole number from 0 to 65535');
  });

  test('never repeats a password', () => {
    expect(() => readConfiguration(settings, { API_PASSWORD: 'hunter2' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }));
  });

  test('leaves the rest of the environment alone: other programs have variables, too', () => {
    expect(() => readConfiguration(settings, { PATH: '/bin', HOME: '/root', NODE_ENV: 'test', PORTS: '1', npm_config_port: '3' })).not.toThrow();
  });
});
