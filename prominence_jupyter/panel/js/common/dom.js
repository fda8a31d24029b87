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
