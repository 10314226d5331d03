import type { Count } from '../units.ts';

/** Fields of one value that are looked at. */
const MAX_FIELDS: Count = 16;
/** Elements of one array that are looked at. */
const MAX_ELEMENTS: Count = 16;
/** Longer strings are text, not identifiers. */
const MAX_LENGTH = 64;
const MAX_REMEMBERED_NAMES: Count = 1024;
/** A value of more fields is a map. To ask for its first few, V8 lists all of them: 16 ms for 100,000. */
const MOST_FIELDS: Count = 1000;

/** Names that may hold a secret or tell who a person is; compared without case and by letters and digits only. */
const SECRET_NAME =
  /passw|passphrase|passcode|pwd|secret|token|jwt|bearer|credential|authori[sz]ation|cookie|session(id|key)|(api|access|private)key|signature|e?mail|phone|iban|ssn|cardnumber|cvv|otp$|^pin$/;

/** What could name another key: a whole number or a short word without blanks. */
export type Identifier = string;

/**
 * Finds the identifiers in values: top-level fields, fields one level down (`user.id`), and the elements of
 * arrays (`items[]`, `items[].id`), at most 16 of each. Booleans, null, fractions, text and denied fields are
 * passed over, and so is a value of more than 1,000 fields from its second time on.
 */
export class IdentifierFields {
  readonly #deny: (name: string) => boolean;
  readonly #denied = new Map<string, boolean>();
  readonly #maps = new WeakSet<object>();

  /** @param denyFields Further field names that must never be looked at; secrets are denied in any case. */
  constructor(denyFields: readonly string[] = []) {
    const own = new Set(denyFields.map(normalise));
    this.#deny = (name) => own.has(normalise(name)) || SECRET_NAME.test(normalise(name));
  }

  /** Calls `visit` for each identifier of the value with the path of its field. */
  visit(value: unknown, visit: (path: string, identifier: Identifier) => void): void {
    try {
      if (Array.isArray(value)) this.#visitArray(value, '[]', visit);
      else if (isPlain(value)) this.#visitObject(value, '', MAX_FIELDS, visit, true);
    } catch {
      // Getters and proxies may throw. The rest of such a value names nothing.
    }
  }

  /** The identifier in one field at the top of the value, if there is one; the field must not be a denied one. */
  at(value: unknown, field: string): Identifier | undefined {
    try {
      return isPlain(value) ? identifierOf((value as Record<string, unknown>)[field]) : undefined;
    } catch {
      return undefined;
    }
  }

  #visitObject(
    object: object,
    prefix: string,
    fields: Count,
    visit: (path: string, identifier: Identifier) => void,
    deeper: boolean,
  ): void {
    if (this.#maps.has(object)) return;
    let left = fields;
    for (const name in object) {
      if (left-- === 0) {
        if (fields === MAX_FIELDS && Object.keys(object).length > MOST_FIELDS) this.#maps.add(object);
        return;
      }
      if (name.length > MAX_LENGTH || this.#isDenied(name)) continue;
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
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}
