import { DefaultDeserializer } from 'node:v8';

const { _readHostObject: readView } = DefaultDeserializer.prototype as unknown as {
  _readHostObject(this: DefaultDeserializer): NodeJS.ArrayBufferView<ArrayBuffer>;
};

/** Node's own hands out views of the bytes it reads: they would change with those, and each keep all of them. */
class CopyingDeserializer extends DefaultDeserializer {
  _readHostObject(): NodeJS.ArrayBufferView {
    const view = readView.call(this);
    const memory = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    if (Buffer.isBuffer(view)) return Buffer.from(memory);
    return new (view.constructor as new (memory: ArrayBuffer) => NodeJS.ArrayBufferView)(memory);
  }
}

/** What `serialize` of `node:v8` wrote, sharing no memory with it. Undefined when another V8 wrote it in its own format. */
export function deserialized(bytes: Buffer): unknown {
  try {
    const deserializer = new CopyingDeserializer(bytes);
    deserializer.readHeader();
    return deserializer.readValue();
  } catch {
    return undefined;
  }
}
