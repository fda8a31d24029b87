/** A name that no other thing on the page has. crypto.randomUUID is missing in pages that came over plain HTTP. */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
