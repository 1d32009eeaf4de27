import { type LlmCredentials } from '../protocols/protocol-context.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { isCredential } from './credential-names.js';
import { basicCredentials } from './secret-forms.js';
import { type SecretsToRedact } from './secret-redactor.js';

/**
 * The secrets of an endpoint: the API key, user and password (also in the form of `Authorization: Basic`), credentials in the
 * query, secret variables of the protocol, and secrets in its description.
 */
export function endpointSecrets(
  url: string,
  { apiKey, variables }: LlmCredentials,
  protocol: LlmProtocol,
): SecretsToRedact {
  const { secrets, accounts } = urlSecrets(url);
  const declared = protocol.variables ?? {};
  const inVariables = Object.entries(variables ?? {})
    .filter(
      ([name, value]) => declared[name]?.secret ?? (typeof value === 'string' && isCredential(name, '')),
    )
    .map(([, value]) => String(value));
  return { secrets: [apiKey ?? '', ...secrets, ...inVariables, ...(protocol.secrets ?? [])], accounts };
}

/** The secrets of a URL. A password that also occurs in the visible part of the URL is not a secret. */
export function urlSecrets(address: string): Required<Pick<SecretsToRedact, 'secrets' | 'accounts'>> {
  const url = new URL(address);
  const { protocol, host, pathname, searchParams } = url;
  const username = decoded(url.username);
  const password = decoded(url.password);
  const inQuery = [...searchParams]
    .filter(([name, value]) => isCredential(name, value))
    .map(([, value]) => value);
  const isShown = (text: string): boolean =>
    `${protocol}//${username}@${host}${pathname}`.toLowerCase().includes(text.toLowerCase());
  const isToken = username !== '' && (password === '' || /[A-Z\d]/.test(username));
  return {
    secrets: [
      ...(isToken ? [username] : []),
      ...(isShown(password) ? [] : [password]),
      ...(username === '' && password === '' ? [] : basicCredentials(username, password)),
      ...inQuery,
    ],
    accounts: [username],
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
