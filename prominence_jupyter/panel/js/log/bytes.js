export function bytesOf(buffer) {
  if (!buffer) return new Uint8Array();
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** Where the first whole line starts in bytes that may begin anywhere. */
export function lineStart(bytes) {
  const newline = bytes.indexOf(10);
  if (newline >= 0 && newline < bytes.length - 1) return newline + 1;
  let i = 0;
  while (i < Math.min(4, bytes.length) && (bytes[i] & 0xc0) === 0x80) i += 1;
  return i;
}
