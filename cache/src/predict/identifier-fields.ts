import type { Count } from '../units.ts';

/** Fields of one value that are looked at. */
const MAX_FIELDS: Count = 16;
/** Elements of one array that are looked at. */
const MAX_ELEMENTS: Count = 16;
/** Longer strings are text, not identifiers. */
const MAX_LENGTH = 64;
const MAX_REMEMBERED_NAMES: Count = 1024;

/** Names that may hold a secret or tell who a person is; compared without case, `_` and `-`. */
const SECRET_NAME =
  /passw|passphrase|pwd|secret|token|credential|authorization|cookie|session(id|key)|apikey|privatekey|signature|e?mail|phone|iban|ssn|cardnumber|cvv|otp$|^pin$/;

/** What could name another key: a whole number or a short word without blanks. */
export type Identifier = string;

/**
 * Finds the identifiers in values: top-level fields, fields one level down (`user.id`), and the elements of
 * arrays (`items[]`, `items[].id`), at most 16 of each. Booleans, null, fractions, text and denied fields are
 * passed over.
 */
export class IdentifierFields {
  readonly #deny: (name: string) => boolean;
  readonly #denied = new Map<string, boolean>();

  /** @param denyFields Further field names that must never be looked at; secrets are denied in any case. */
  constructor(denyFields: readonly string[] = []) {
    const own = new Set(denyFields.map(normalise));
    this.#deny = (name) => own.has(normalise(name)) || SECRET_NAME.test(normalise(name));
  }

  /** Calls `visit` for each identifier of the value with the path of its field. */
  visit(value: unknown, visit: (path: string, identifier: Identifier) => void): void {
    if (!isPlain(value)) return;
    this.#visitObject(value, '', MAX_FIELDS, visit, true);
  }

  /** The identifier in one field at the top of the value, if there is one; the field must not be a denied one. */
  at(value: unknown, field: string): Identifier | undefined {
    return isPlain(value) ? identifierOf((value as Record<string, unknown>)[field]) : undefined;
  }

  #visitObject(
    object: object,
    prefix: string,
    fields: Count,
    visit: (path: string, identifier: Identifier) => void,
    deeper: boolean,
  ): void {
    let left = fields;
    for (const name in object) {
      if (left-- === 0) return;
      if (this.#isDenied(name)) continue;
      const field = (object as Record<string, unknown>)[name];
      const path = prefix === '' ? name : `${prefix}.${name}`;
      const identifier = identifierOf(field);
      if (identifier !== undefined) visit(path, identifier);
      else if (!deeper || typeof field !== 'object' || field === null) continue;
      else if (Array.isArray(field)) this.#visitArray(field, `${path}[]`, visit);
      else if (isPlain(field)) this.#visitObject(field, path, MAX_FIELDS, visit, false);
    }
  }

  #visitArray(
    elements: readonly unknown[],
    path: string,
    visit: (path: string, identifier: Identifier) => void,
  ): void {
    for (let i = 0; i < elements.length && i < MAX_ELEMENTS; i++) {
      const identifier = identifierOf(elements[i]);
      if (identifier !== undefined) visit(path, identifier);
      else if (isPlain(elements[i])) this.#visitObject(elements[i] as object, path, 4, visit, false);
    }
  }

  #isDenied(name: string): boolean {
    let denied = this.#denied.get(name);
    if (denied === undefined) {
      denied = this.#deny(name);
      if (this.#denied.size < MAX_REMEMBERED_NAMES) this.#denied.set(name, denied);
    }
    return denied;
  }
}

function identifierOf(field: unknown): Identifier | undefined {
  if (typeof field === 'string')
    return field.length > 0 && field.length <= MAX_LENGTH && !/\s/.test(field) ? field : undefined;
  if (typeof field === 'number') return Number.isSafeInteger(field) && field >= 0 ? String(field) : undefined;
  return typeof field === 'bigint' && field >= 0n ? String(field) : undefined;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Map);
}

function normalise(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}
