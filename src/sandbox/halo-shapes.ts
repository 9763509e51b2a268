/** How the tenant shows users: what the dialect says of custom fields and of the rows of answers. */
import type { HaloDialect } from './dialects.js';
import type { HaloCustomField } from './halo-fields.js';
import type { HaloUser } from './halo-store.js';

/** A user as an answer to a write holds it. */
export function answerRow(user: HaloUser, dialect: HaloDialect): unknown {
  return dialect.answerRows === 'ids' ? { id: user.id } : wireUser(user, dialect);
}

export function wireUser(user: HaloUser, dialect: HaloDialect): HaloUser {
  return { ...user, customfields: wireCustomFields(user.customfields, dialect) };
}

export function wireCustomFields(
  fields: readonly HaloCustomField[],
  { blankCustomFields }: HaloDialect,
): HaloCustomField[] {
  const isBlank = ({ value }: HaloCustomField): boolean => value === null || value === '';
  switch (blankCustomFields) {
    case 'null':
      return [...fields];
    case 'text':
      return fields.map((field) => (isBlank(field) ? { ...field, value: '' } : field));
    case 'left-out':
      return fields.filter((field) => !isBlank(field));
  }
}
