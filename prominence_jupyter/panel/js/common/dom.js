export function element(tag, name, ...children) {
  const node = document.createElement(tag);
  node.className = `prominence-${name}`;
  node.append(...children); // strings become text nodes
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function button(label, onClick) {
  const node = element("button", "button", label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

const PAUSE = 400; // ms

/** Let a button do nothing at first: it may have appeared under a pointer that clicks twice. */
export function pause(node) {
  node.disabled = true;
  setTimeout(() => (node.disabled = false), PAUSE);
}
