/** What a tenant's `advanced_search` does with one field name; it differs by tenant and is seen only in answers (`reference/halo.md` 3.2). */

/** `many`: several values in one request; `one`: one value in a request; `none`: the name is refused or ignored. */
export type SearchSupport = 'many' | 'one' | 'none';

export const FILTER_IN = 0;
export const FILTER_EQUALS = 2;

/** The parameter for one condition, as JSON; several values are separated by commas. */
export function advancedSearch(field: string, values: readonly string[], filterType: number): string {
  return JSON.stringify([{ filter_name: field, filter_type: filterType, filter_value: values.join(',') }]);
}
