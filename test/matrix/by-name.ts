/** People who come by hand into an empty sandbox, named after their IDs. */
import type { ConnectionOverrides } from '../../src/sandbox/connection-file.js';

/** Maps name and e-mail address, and these beside them. */
export function usersByName(
  ...more: { readonly from: string; readonly to: string }[]
): NonNullable<ConnectionOverrides['users']> {
  return {
    staticMappings: [],
    importPrimaryAddress: false,
    fieldMappings: [
      { from: "first_name + ' ' + last_name", to: 'name' },
      { from: 'email', to: 'emailaddress' },
      ...more,
    ],
  };
}
